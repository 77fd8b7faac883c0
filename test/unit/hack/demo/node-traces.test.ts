import { describe, expect, it } from 'vitest';
import {
  addedTraces,
  countTraces,
  type NodeTraces,
  reservationsIn,
} from '../../../../hack/demo/node-traces.ts';

const before: NodeTraces = {
  interfaces: ['eth0', 'eth1', 'vethcoredns'],
  namespaces: ['cni-coredns'],
  records: [],
  reservations: ['networks/bare/10.244.1.2'],
};

describe('what pods leave on a node', () => {
  it('is nothing when all is as before, or less', () => {
    expect(countTraces(addedTraces(before, before))).toBe(0);
    expect(countTraces(addedTraces(before, { ...before, interfaces: ['eth0'] }))).toBe(0);
  });

  it.each([
    ['interfaces', 'veth1234'],
    ['namespaces', 'cni-red'],
    ['records', 'attachments/red.json'],
    ['reservations', 'networks/bare/10.244.1.3'],
  ] as const)('is told where it is one of the %s', (kind, line) => {
    const added = addedTraces(before, { ...before, [kind]: [...before[kind], line] });
    expect(added[kind]).toEqual([line]);
    expect(countTraces(added)).toBe(1);
  });
});

describe('a reservation of host-local', () => {
  it('is a file named after an address, not its lock and not its memory of the last one', () => {
    const files = ['10.244.1.2', 'fd00::2', 'lock', 'last_reserved_ip.0'].map(
      (name) => `networks/bare/${name}`,
    );
    expect(reservationsIn(files)).toEqual(files.slice(0, 2));
  });
});
