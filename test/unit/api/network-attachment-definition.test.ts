import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.ts';
import { expectThrown, resultOrRefusal } from '../../harness/thrown.ts';

const head = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };

function parse(document: unknown): unknown {
  return parseNetworkAttachmentDefinition(document, 'fallback');
}

describe('NetworkAttachmentDefinition', () => {
  it('keeps name, namespace, annotations and the exact configuration text', () => {
    const config = ' {"type":"x","n":9007199254740993} ';
    const metadata = { name: 'net.a', namespace: 'ns1', annotations: { a: 'b' }, uid: 'u', labels: {} };
    expect(parse({ ...head, metadata, spec: { config } })).toEqual({
      metadata: { name: 'net.a', namespace: 'ns1', annotations: { a: 'b' } },
      spec: { config },
    });
  });

  it('needs neither spec nor spec.config [NPWG-005]', () => {
    expect(parse({ ...head, metadata: { name: 'a' } })).toEqual({
      metadata: { name: 'a', namespace: 'fallback' },
    });
    expect(parse({ ...head, metadata: { name: 'a' }, spec: {} })).toMatchObject({ spec: {} });
  });

  it('tolerates the fields of another product [NPWG-004]', () => {
    const document = { ...head, metadata: { name: 'a' }, spec: { config: '', extra: 1 }, status: { x: 1 } };
    expect(parse(document)).toMatchObject({ spec: { config: '' } });
  });

  it.each([
    [{ ...head, metadata: { name: 'Net_A' } }, ['metadata.name', 'Net_A']],
    [{ ...head, metadata: {} }, ['metadata.name is missing']],
    [{ ...head, metadata: { name: 'a', namespace: 'Ns' } }, ['network a', 'metadata.namespace', '"Ns"']],
    [
      { ...head, metadata: { name: 'a', namespace: 'n' }, spec: { config: {} } },
      ['network n/a', 'spec.config'],
    ],
    [{ ...head, kind: 'Pod', metadata: { name: 'a' } }, ['kind must be "NetworkAttachmentDefinition"']],
    [{ metadata: { name: 'a' } }, ['network a', 'apiVersion is missing']],
    [[], ['the document must be an object, not an array']],
  ])('refuses %j', (document, names) => {
    expectThrown(() => parse(document), { reason: 'NetworkInvalid', code: 7, names });
  });

  it('throws nothing but WeftError, whatever the document is', () => {
    fc.assert(
      fc.property(fc.anything(), (document) => {
        expect(() => resultOrRefusal(() => parse(document))).not.toThrow();
      }),
    );
  });
});
