import { describe, expect, it } from 'vitest';
import { demoPods, networksAnnotationOf } from '../../../../hack/demo/cluster-networks.ts';
import {
  attachedOf,
  describeInterfaces,
  interfacesOf,
  neighbourOf,
  statusOf,
} from '../../../../hack/demo/pod-interfaces.ts';
import { meetings, type RunningPod, statusLines, wantedLines } from '../../../../hack/demo/running-pod.ts';

/** As weft writes it, for the pod with this last byte. */
function status(host: number): object[] {
  return [
    {
      name: 'bare',
      interface: 'eth0',
      ips: [`10.244.1.${host}`],
      mac: `0A:00:00:00:00:${host}`,
      default: true,
      dns: {},
    },
    {
      name: 'demo/lan',
      interface: 'net1',
      ips: [`10.20.1.${host}`],
      mac: `0a:00:00:00:01:${host}`,
      default: false,
      dns: {},
    },
    {
      name: 'demo/storage',
      interface: 'net2',
      ips: [`10.20.2.${host}`],
      mac: `0a:00:00:00:02:${host}`,
      default: false,
      dns: {},
    },
  ];
}

/** As `ip -j addr` prints it. */
function kernel(host: number): string {
  const link = (ifname: string, number: number, prefix: string): object => ({
    ifname,
    address: `0a:00:00:00:0${number}:${host}`,
    addr_info: [
      { family: 'inet', local: `${prefix}.${host}`, prefixlen: 24, scope: 'global' },
      { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' },
    ],
  });
  return JSON.stringify([
    { ifname: 'lo', address: '00:00:00:00:00:00', addr_info: [{ local: '127.0.0.1', scope: 'host' }] },
    link('net2', 2, '10.20.2'),
    link('net1', 1, '10.20.1'),
    link('eth0', 0, '10.244.1'),
  ]);
}

function running(index: number): RunningPod {
  const pod = demoPods[index];
  if (pod === undefined) throw new Error(`no pod ${index}`);
  const attached = attachedOf(JSON.stringify(status(pod.host)));
  return { pod, attached, kernel: interfacesOf(kernel(pod.host)) };
}

describe('what network-status says and what the kernel has', () => {
  it('is the same where it is, whatever the order and the case of letters', () => {
    const { attached, kernel: seen } = running(0);
    expect(describeInterfaces(attached)).toEqual(describeInterfaces(seen));
  });

  it.each([
    ['an address that is missing', (json: string) => json.replace('10.20.1.11', '10.20.1.99')],
    ['another MAC', (json: string) => json.replace('0a:00:00:00:01:11', '0a:00:00:00:01:12')],
    ['another name', (json: string) => json.replace('"net1"', '"net7"')],
    ['an interface too many', (json: string) => json.replace('"lo"', '"net9"')],
  ])('differs by %s', (_what, change) => {
    const { attached } = running(0);
    expect(describeInterfaces(interfacesOf(change(kernel(11))))).not.toEqual(describeInterfaces(attached));
  });

  it('is nothing where there is no annotation', () => {
    expect(attachedOf(undefined)).toEqual([]);
  });
});

describe('what weft wrote on a pod', () => {
  it('is its annotation and its condition, among those of others', () => {
    const pod = {
      metadata: { annotations: { other: 'x', 'k8s.v1.cni.cncf.io/network-status': '[]' } },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'weft.dev/NetworksReady', status: 'False' },
        ],
      },
    };
    expect(statusOf(JSON.stringify(pod))).toEqual({ annotation: '[]', condition: 'False' });
  });

  it('is nothing yet on a new pod', () => {
    const pod = { metadata: {}, status: {} };
    expect(statusOf(JSON.stringify(pod))).toEqual({ annotation: undefined, condition: '' });
  });
});

describe('what a pod asked for', () => {
  it('is what it has when all went well', () => {
    const pod = running(1);
    expect(statusLines(pod.attached)).toEqual(wantedLines(pod));
    expect(wantedLines(pod)).toEqual([
      'eth0 bare 10.244.1.12',
      'net1 demo/lan 10.20.1.12',
      'net2 demo/storage 10.20.2.12',
    ]);
  });

  it.each([
    ['a network is missing', (entries: object[]) => entries.slice(0, 2)],
    ['the default network is not the first', (entries: object[]) => entries.toReversed()],
    ['the default network has no address', ([first, ...rest]: object[]) => [{ ...first, ips: [] }, ...rest]],
    ['nothing is there', () => []],
    [
      'the address is another one',
      (entries: object[]) =>
        JSON.parse(JSON.stringify(entries).replace('10.20.2.11', '10.20.2.77')) as object[],
    ],
  ])('is not what it has when %s', (_what, change) => {
    const { pod, kernel: seen } = running(0);
    const attached = attachedOf(JSON.stringify(change(status(11))));
    const changed = { pod, attached, kernel: seen };
    expect(statusLines(attached)).not.toEqual(wantedLines(changed));
  });

  it('is in its annotation with the prefix length', () => {
    const [first] = demoPods;
    if (first === undefined) throw new Error('no pods');
    expect(JSON.parse(networksAnnotationOf(first))).toEqual([
      { name: 'lan', ips: ['10.20.1.11/24'] },
      { name: 'storage', ips: ['10.20.2.11/24'] },
    ]);
  });
});

describe('the pings', () => {
  it('go from node to node over every additional network, between every two pods once', () => {
    const told = meetings(demoPods.map((_pod, index) => running(index))).map(
      ({ from, to, near, far }) => `${from.pod.name} ${near.name} ${far.ips.join()} ${to.pod.name}`,
    );
    expect(told).toEqual([
      'red net1 10.20.1.13 blue',
      'red net2 10.20.2.13 blue',
      'green net1 10.20.1.13 blue',
      'green net2 10.20.2.13 blue',
    ]);
  });
});

describe('a neighbour', () => {
  const json = JSON.stringify([
    { dst: '10.20.1.11', lladdr: '0A:00:00:00:01:11', state: ['REACHABLE'] },
    { dst: '10.20.1.12', state: ['FAILED'] },
  ]);

  it('is known by its MAC', () => {
    expect(neighbourOf(json, '10.20.1.11')).toBe('0a:00:00:00:01:11');
  });

  it('is none if it did not answer or was not asked for', () => {
    expect(neighbourOf(json, '10.20.1.12')).toBeUndefined();
    expect(neighbourOf(json, '10.20.1.1')).toBeUndefined();
  });
});
