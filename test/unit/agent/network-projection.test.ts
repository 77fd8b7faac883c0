import { describe, expect, it } from 'vitest';
import { projectNetwork } from '../../../src/agent/sources/kube/network-projection.ts';
import { maxConfigLength } from '../../../src/api/network-attachment-definition.ts';
import type { RawObject } from '../../../src/kube/raw-object.ts';
import { type AskedNetwork, openingOf } from '../../../src/netconf/network-access.ts';

function network(rest: object, metadata: object = {}): RawObject {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: {
      name: 'lan',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '3',
      managedFields: [{}],
      ...metadata,
    },
    ...rest,
  };
}

describe('what is kept of a network', () => {
  it('is its name and its configuration', () => {
    const annotations = { other: 'x' };
    const found = projectNetwork(network({ spec: { config: '{}' }, status: { type: 'x' } }, { annotations }));
    expect(found).toEqual({ metadata: { name: 'lan', namespace: 'shop' }, spec: { config: '{}' } });
  });

  it('is, of its annotations, the resource whose devices it uses', () => {
    const kept = { 'k8s.v1.cni.cncf.io/resourceName': 'intel.com/sriov' };
    const found = projectNetwork(network({}, { annotations: { other: 'x', ...kept } }));
    expect(found).toEqual({ metadata: { name: 'lan', namespace: 'shop', annotations: kept } });
  });

  it('is, too, whom it opens itself to, and of a selector that is too long enough to see that', () => {
    const opening = (text: string): object => ({ annotations: { 'weft.dev/allowed-namespaces': text } });
    const kept = (text: string): unknown => projectNetwork(network({}, opening(text)));
    expect(kept('team=red')).toEqual({
      metadata: { name: 'lan', namespace: 'shop', ...opening('team=red') },
    });
    const long = `a in (${'b,'.repeat(100_000)}b)`;
    expect(JSON.stringify(kept(long)).length).toBeLessThan(2_000);
    const { metadata } = kept(long) as { readonly metadata: AskedNetwork };
    expect(openingOf(metadata.annotations)).toMatchObject({
      to: 'unreadable',
      problem: expect.stringContaining('longer'),
    });
  });

  it.each([
    ['no spec', {}, { metadata: { name: 'lan', namespace: 'shop' } }],
    [
      'a spec without configuration',
      { spec: {} },
      { metadata: { name: 'lan', namespace: 'shop' }, spec: {} },
    ],
  ])('is that there is %s', (_, rest, kept) => {
    expect(projectNetwork(network(rest))).toEqual(kept);
  });

  it.each([
    ['whose configuration is no text', { spec: { config: { type: 'bridge' } } }, 'spec.config'],
    [
      'whose configuration is too long',
      { spec: { config: 'x'.repeat(maxConfigLength + 1) } },
      'at most 65536',
    ],
  ])('is, of a network %s, why it cannot be used', (_, rest, words) => {
    expect(projectNetwork(network(rest))).toMatchObject({
      reason: 'NetworkInvalid',
      message: expect.stringMatching(new RegExp(`shop/lan.*${words}`)),
    });
  });

  it('takes a configuration of the greatest length', () => {
    const config = 'x'.repeat(maxConfigLength);
    expect(projectNetwork(network({ spec: { config } }))).toMatchObject({ spec: { config } });
  });
});
