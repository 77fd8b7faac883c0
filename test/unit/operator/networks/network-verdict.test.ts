import { describe, expect, it } from 'vitest';
import type { NetworkAttachmentDefinitionStatus } from '../../../../src/api/network-attachment-definition-status.schema.ts';
import { defaultWeftConfig } from '../../../../src/api/weft-config.ts';
import { configHash } from '../../../../src/netconf/config-hash.ts';
import { KnownNetworks } from '../../../../src/operator/networks/known-networks.ts';
import { networkStatus, saysAlready } from '../../../../src/operator/networks/network-status.ts';
import { networkVerdict, type Verdict } from '../../../../src/operator/networks/network-verdict.ts';
import { projectNetwork, type WatchedNetwork } from '../../../../src/operator/sources/watched-network.ts';

const now = Date.parse('2026-11-22T10:11:12.345Z');
const good = '{"cniVersion":"1.0.0","type":"bridge","bridge":"br7","ipam":{"type":"dhcp"}}';

function nad(config: string | undefined, rest: object = {}): WatchedNetwork {
  return projectNetwork({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'one', namespace: 'ns', uid: 'u1', resourceVersion: '5', generation: 3 },
    ...(config !== undefined && { spec: { config } }),
    ...rest,
  });
}

function judged(network: WatchedNetwork): NonNullable<ReturnType<KnownNetworks['get']>> {
  const networks = new KnownNetworks(defaultWeftConfig().tenancy, () => {});
  networks.put('ns/one', network);
  const found = networks.get('ns/one');
  if (found === undefined) throw new Error('not known');
  return found;
}

function verdictOn(network: WatchedNetwork): Verdict {
  return networkVerdict(judged(network));
}

function statusOf(network: WatchedNetwork, at = now): NetworkAttachmentDefinitionStatus {
  const { check } = judged(network);
  const available = { status: 'True', reason: 'AllNodes', message: '', nodes: '3/3' } as const;
  const inUse = { status: 'False', reason: 'NotUsed', message: '' } as const;
  return networkStatus(network, { check, valid: verdictOn(network), available, inUse }, at);
}

describe('networkVerdict', () => {
  it('calls a network valid whose configuration can be used', () => {
    expect(statusOf(nad(good))).toMatchObject({
      observedGeneration: 3,
      type: 'bridge',
      configHash: configHash(good),
      conditions: [
        {
          type: 'Valid',
          status: 'True',
          reason: 'Valid',
          observedGeneration: 3,
          lastTransitionTime: '2026-11-22T10:11:12Z',
        },
        { type: 'Available', status: 'True' },
        { type: 'InUse', status: 'False' },
      ],
      nodes: '3/3',
    });
  });

  it('names path and sentence of what is wrong', () => {
    const verdict = verdictOn(nad('{"type":"macvlan",}'));
    expect(verdict.status).toBe('False');
    expect(verdict.message).toMatch(/^spec\.config: ./);
    expect(statusOf(nad('{"type":"macvlan",}'))).not.toHaveProperty('type');
  });

  it('does not judge a configuration that is on the nodes', () => {
    expect(verdictOn(nad(undefined))).toMatchObject({ status: 'Unknown', reason: 'ConfigOnNode' });
  });

  it('says what is wrong with an object of another shape, or one that is far too long', () => {
    expect(verdictOn(nad(undefined, { spec: { config: 7 } }))).toMatchObject({
      status: 'False',
      reason: 'InvalidObject',
    });
    expect(verdictOn(nad(' '.repeat(70_000))).message).toContain('70000 characters');
  });

  it('keeps the time of a condition whose status stays, and has nothing to write where all is said', () => {
    const first = statusOf(nad(good));
    const known = nad(good, { status: { ...first, state: "another product's" } });
    const again = statusOf(known, now + 60_000);
    expect(again).toEqual(first);
    expect(saysAlready(known, again)).toBe(true);
    const changed = nad('{', { status: first });
    const other = statusOf(changed, now + 60_000);
    expect(saysAlready(changed, other)).toBe(false);
    expect(other.conditions?.[0]?.lastTransitionTime).toBe('2026-11-22T10:12:12Z');
  });

  it("is not misled by another product's status", () => {
    for (const status of [
      { conditions: 'none' },
      { conditions: [null] },
      { conditions: [{ type: 'Valid' }] },
      [],
    ]) {
      const network = nad(good, { status });
      expect(saysAlready(network, statusOf(network))).toBe(false);
    }
  });
});
