import { describe, expect, it } from 'vitest';
import { effectiveResult, effectiveResultOf } from '../../../src/attachment/effective-result.ts';
import type { DefaultRouteStep } from '../../../src/attachment/plan.ts';
import type { RouteEdit, StepRecord } from '../../../src/attachment/record.ts';
import { attachedWith, recordOf, stepIn } from './records.ts';

const route: DefaultRouteStep = {
  kind: 'default-route',
  id: 'r',
  ifname: 'net1',
  gateways: ['10.2.0.1'],
  deadlineMs: 1,
};
const moved: RouteEdit = {
  removed: [{ family: 4, ifname: 'eth0', gateway: '10.1.0.1', priority: 0 }],
  added: [{ family: 4, ifname: 'net1', gateway: '10.2.0.1', priority: 0 }],
};

const eth0 = attachedWith(
  { ifname: 'eth0', plugins: [{ type: 'bridge' }] },
  {
    cniVersion: '1.0.0',
    interfaces: [{ name: 'eth0', sandbox: '/n' }],
    ips: [{ address: '10.1.0.5/24', gateway: '10.1.0.1', interface: 0 }],
    routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0', gw: 'fd00::1' }, { dst: '10.9.0.0/16', gw: '10.1.0.1' }],
  },
  true,
);
const net1 = attachedWith(
  { ifname: 'net1', plugins: [{ type: 'ptp' }] },
  { cniVersion: '1.0.0', ips: [{ address: '10.2.0.5/24' }] },
);
const other = { ...net1, step: { ...net1.step, ifname: 'net2', id: 'net2' } } as StepRecord;
const record = recordOf([eth0, net1, other, stepIn('attached', route, { routes: moved })]);

describe('the effective result', () => {
  it('is the text byte for byte where no route was moved', () => {
    const odd = { ...eth0, result: '{ "cniVersion" : "1.0.0", "x-big": 9007199254740993 }' };
    expect(effectiveResult(recordOf([odd]), odd)).toBe(odd.result);
  });

  it('is the text byte for byte on an attachment whose routes were left alone [NPWG-089]', () => {
    expect(effectiveResult(record, other)).toBe(other.result);
  });

  it('lacks the default route that was taken away, and only that [NPWG-092]', () => {
    expect(effectiveResultOf(record, eth0)?.routes).toEqual([
      { dst: '::/0', gw: 'fd00::1' },
      { dst: '10.9.0.0/16', gw: '10.1.0.1' },
    ]);
  });

  it('has the default route that was given [NPWG-092]', () => {
    expect(effectiveResultOf(record, net1)?.routes).toEqual([{ dst: '0.0.0.0/0', gw: '10.2.0.1' }]);
  });

  it('keeps a default route over another gateway than the one that was taken away', () => {
    const two = {
      ...eth0,
      result: JSON.stringify({ cniVersion: '1.0.0', routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.9' }] }),
    };
    const moves = recordOf([two, stepIn('attached', route, { routes: moved })]);
    expect(effectiveResultOf(moves, two)?.routes).toEqual([{ dst: '0.0.0.0/0', gw: '10.1.0.9' }]);
  });

  it('loses each of several routes that were taken away, of the interface and the family that they were of', () => {
    const routes = [
      { dst: '0.0.0.0/0', gw: '10.1.0.1' },
      { dst: '::/0', gw: 'fe80::1' },
      { dst: '0.0.0.0/0', gw: '10.1.0.2' },
    ];
    const step = { ...eth0, result: JSON.stringify({ cniVersion: '1.0.0', routes }) };
    const taken = (ifname: string, gateway: string, family: 4 | 6 = 4) => ({
      family,
      ifname,
      gateway,
      priority: 0,
    });
    const left = (removed: RouteEdit['removed']): unknown => {
      const moves = recordOf([step, stepIn('attached', route, { routes: { removed, added: [] } })]);
      return effectiveResultOf(moves, step)?.routes;
    };
    expect(left([taken('eth0', '10.1.0.1'), taken('eth0', 'fe80::1', 6)])).toEqual([routes[2]]);
    // Without a gateway the kernel's route is any of its family.
    expect(left([taken('eth0', '', 6)])).toEqual([routes[0], routes[2]]);
    expect(left([taken('eth0', ''), taken('net1', 'fe80::1', 6)])).toEqual([routes[1]]);
  });

  it('has a route that was given without a gateway, and one of the other family', () => {
    const added: RouteEdit['added'] = [
      { family: 4, ifname: 'net1', gateway: '', priority: 0 },
      { family: 6, ifname: 'net1', gateway: 'fe80::1', priority: 0 },
      { family: 4, ifname: 'net2', gateway: '10.3.0.1', priority: 0 },
    ];
    const moves = recordOf([net1, stepIn('attached', route, { routes: { removed: [], added } })]);
    expect(effectiveResultOf(moves, net1)?.routes).toEqual([
      { dst: '0.0.0.0/0' },
      { dst: '::/0', gw: 'fe80::1' },
    ]);
  });

  it('stays in the version of the chain', () => {
    const old = attachedWith(
      { ifname: 'eth0', cniVersion: '0.2.0', plugins: [{ type: 'bridge' }] },
      {
        cniVersion: '0.2.0',
        ip4: { ip: '10.1.0.5/24', gateway: '10.1.0.1', routes: [{ dst: '0.0.0.0/0' }] },
      },
    );
    const moves = recordOf([old, stepIn('attached', route, { routes: moved })]);
    expect(JSON.parse(effectiveResult(moves, old) ?? '')).toEqual({
      cniVersion: '0.2.0',
      ip4: { ip: '10.1.0.5/24', gateway: '10.1.0.1' },
      dns: {},
    });
  });

  it('is absent where there is no result', () => {
    expect(effectiveResult(record, stepIn('running'))).toBeUndefined();
    expect(effectiveResultOf(record, stepIn('attached', route))).toBeUndefined();
    expect(effectiveResult(record, stepIn('attached', route, { result: '{}' }))).toBeUndefined();
  });
});
