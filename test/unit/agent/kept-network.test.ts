import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultLookup, keptNetwork } from '../../../src/agent/sources/kept-network.ts';
import type { NetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.ts';
import { encodeNodeFile, type NodeFileSource } from '../../../src/attachment/node-file.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { defaultSteps } from '../../../src/resolve/delegate-step.ts';
import type { NetworkLookup } from '../../../src/resolve/snapshot.ts';
import { resultOrRefusal } from '../../harness/thrown.ts';

function nad(config: string): NetworkAttachmentDefinition {
  return { metadata: { namespace: 'sys', name: 'pods' }, spec: { config } };
}

const gives =
  (found?: NetworkAttachmentDefinition): NetworkLookup =>
  () =>
    found;

const throws =
  (reason: 'ApiUnreachable' | 'NetworkInvalid'): NetworkLookup =>
  () => {
    throw new WeftError(reason, { cause: 'the test' });
  };

describe('what is known of the NAD of the default network', () => {
  const kept = nad('kept');
  const [watched, asked] = [nad('watched'), nad('asked')];

  it.each<[string, NetworkLookup, NetworkLookup | undefined, unknown]>([
    ['what the watch has', gives(watched), gives(asked), watched],
    ['what a request has asked for, where the watch is behind', gives(), gives(asked), asked],
    ['nothing, where it is known to be gone', gives(), undefined, undefined],
    [
      'what a request has asked for, before the watch has begun',
      throws('ApiUnreachable'),
      gives(asked),
      asked,
    ],
    ['the kept one while nothing can be known', throws('ApiUnreachable'), throws('ApiUnreachable'), kept],
    ['the kept one without a request', throws('ApiUnreachable'), undefined, kept],
    [
      'that it is broken',
      throws('NetworkInvalid'),
      gives(asked),
      expect.objectContaining({ reason: 'NetworkInvalid' }),
    ],
  ])('is %s', (_what, watch, request, wanted) => {
    const lookup = defaultLookup(watch, request, kept);
    expect(resultOrRefusal(() => lookup('sys', 'pods'))).toEqual(wanted);
  });

  it('is not the kept one of another name', () => {
    const lookup = defaultLookup(throws('ApiUnreachable'), undefined, kept);
    expect(resultOrRefusal(() => lookup('sys', 'other'))).toMatchObject({ reason: 'ApiUnreachable' });
  });
});

describe('the kept NAD', () => {
  const dir = mkdtempSync(join(tmpdir(), 'weft-kept-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  function write(source: NodeFileSource | undefined): void {
    const network = parseNetwork('{"cniVersion":"1.0.0","name":"n","type":"a"}', 'the test');
    const [defaultNetwork] = defaultSteps(network, '', 1000);
    if (defaultNetwork === undefined) throw new Error('no step');
    const file = { format: 1, weft: '0', cniPath: [], defaultNetwork, ...(source && { source }) };
    writeFileSync(join(dir, 'node.json'), encodeNodeFile(file));
  }

  it('is the one that node.json has the text of', async () => {
    expect(await keptNetwork(dir)).toBeUndefined();
    write(undefined);
    expect(await keptNetwork(dir)).toBeUndefined();
    write({ namespace: 'sys', name: 'pods', config: '{"type":"a"}' });
    expect(await keptNetwork(dir)).toEqual(nad('{"type":"a"}'));
    writeFileSync(join(dir, 'node.json'), '{"format"');
    expect(await keptNetwork(dir)).toBeUndefined();
  });
});
