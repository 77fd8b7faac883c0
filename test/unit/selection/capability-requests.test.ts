import { describe, expect, it } from 'vitest';
import { capabilityRequests } from '../../../src/selection/capability-requests.ts';
import type { Bandwidth } from '../../../src/selection/network-selection.ts';

const plain = { where: '[0]', namespace: 'ns1', name: 'a' };

function bandwidth(asked: Bandwidth): unknown {
  return JSON.parse(capabilityRequests({ ...plain, bandwidth: asked }).get('bandwidth') ?? 'null');
}

describe('what an element asks of the plugins', () => {
  it('is nothing for an element with names only, arguments or a default route', () => {
    expect(capabilityRequests({ ...plain, ifname: 'x', cniArgs: '{}', defaultRoute: [] }).size).toBe(0);
  });

  it('carries each capability under its well-known name [CNI-235]', () => {
    const requests = capabilityRequests({
      ...plain,
      ips: ['10.0.0.1/24'],
      mac: '02:00:00:00:00:01',
      portMappings: [{ hostPort: 1, containerPort: 2, protocol: 'udp' }],
      bandwidth: { ingressRate: 1, ingressBurst: 2, egressRate: 3, egressBurst: 4 },
      infinibandGuid: 'c2:11:22:33:44:55:66:77',
    });
    expect(Object.fromEntries(requests)).toEqual({
      ips: '["10.0.0.1/24"]',
      mac: '"02:00:00:00:00:01"',
      portMappings: '[{"hostPort":1,"containerPort":2,"protocol":"udp"}]',
      bandwidth: '{"ingressRate":1,"ingressBurst":2,"egressRate":3,"egressBurst":4}',
      infinibandGUID: '"c2:11:22:33:44:55:66:77"',
    });
  });

  it('adds a burst of one second where there is a rate alone [NPWG-086]', () => {
    expect(bandwidth({ ingressRate: 1_000_000 })).toEqual({
      ingressRate: 1_000_000,
      ingressBurst: 1_000_000,
    });
    expect(bandwidth({ egressRate: 1_000_000, egressBurst: 7 })).toEqual({
      egressRate: 1_000_000,
      egressBurst: 7,
    });
  });

  it('keeps the burst above a packet and below what the plugin counts', () => {
    expect(bandwidth({ ingressRate: 8 })).toEqual({ ingressRate: 8, ingressBurst: 524_288 });
    const fast = 100_000_000_000;
    expect(bandwidth({ egressRate: fast })).toEqual({ egressRate: fast, egressBurst: 4_294_967_295 });
  });
});
