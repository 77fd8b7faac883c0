import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DefaultRouteStep } from '../../../src/attachment/plan.ts';
import { editOf, moveDefaultRoute } from '../../../src/executor/default-route.ts';
import { type DefaultRoute, SysError, type SysNetns } from '../../../src/executor/sys.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { caught } from '../cni/caught.ts';

const route = (ifname: string, gateway: string, family: 4 | 6 = 4, priority = 0): DefaultRoute => ({
  family,
  ifname,
  gateway,
  priority,
});

const step = (...gateways: readonly string[]): DefaultRouteStep => ({
  kind: 'default-route',
  id: 'r',
  ifname: 'net1',
  gateways,
  deadlineMs: 1000,
});

const eth0v4 = route('eth0', '10.1.0.1');
const eth0v6 = route('eth0', 'fd00::1', 6, 1024);

describe('moving the default route', () => {
  it('takes it from the others and gives it to the one that asked [NPWG-088]', () => {
    expect(editOf([eth0v4], step('10.2.0.1'))).toEqual({
      removed: [eth0v4],
      added: [route('net1', '10.2.0.1')],
    });
  });

  it('touches only the family that was asked for [NPWG-089]', () => {
    expect(editOf([eth0v4, eth0v6], step('10.2.0.1')).removed).toEqual([eth0v4]);
    expect(editOf([eth0v4, eth0v6], step('fd02::1')).removed).toEqual([eth0v6]);
  });

  it('moves both families where both are asked for', () => {
    const edit = editOf([eth0v4, eth0v6], step('10.2.0.1', 'fd02::1'));
    expect(edit.removed).toEqual([eth0v4, eth0v6]);
    expect(edit.added.map(({ family }) => family)).toEqual([4, 6]);
  });

  it('without gateway lets the attachment\u2019s own route win [NPWG-090]', () => {
    const own = route('net1', '10.2.0.1');
    expect(editOf([eth0v4, eth0v6, own], step())).toEqual({ removed: [eth0v4], added: [] });
  });

  it('without gateway and without a route of its own touches nothing [NPWG-090]', () => {
    expect(editOf([eth0v4, eth0v6], step())).toEqual({ removed: [], added: [] });
  });

  it('replaces the attachment\u2019s own route where another gateway was asked for', () => {
    const own = route('net1', '10.2.0.1');
    expect(editOf([own], step('10.2.0.9'))).toEqual({ removed: [own], added: [route('net1', '10.2.0.9')] });
  });

  it('knows a gateway that is spelled otherwise', () => {
    const own = route('net1', 'fd02::1', 6);
    expect(editOf([own], step('fd02:0:0::1'))).toEqual({ removed: [], added: [] });
  });

  const anyRoute = fc.oneof(
    fc.record({
      family: fc.constant(4 as const),
      ifname: fc.constantFrom('eth0', 'net1', 'net2'),
      gateway: fc.constantFrom('', '10.1.0.1', '10.2.0.1'),
      priority: fc.nat({ max: 2 }),
    }),
    fc.record({
      family: fc.constant(6 as const),
      ifname: fc.constantFrom('eth0', 'net1', 'net2'),
      gateway: fc.constantFrom('', 'fd00::1', 'fd02::1'),
      priority: fc.nat({ max: 2 }),
    }),
  );
  const gateways = fc.subarray(['10.2.0.1', 'fd02::1']);

  it('once done leaves nothing to do, and no route of a wanted family on another interface', () => {
    fc.assert(
      fc.property(fc.array(anyRoute, { maxLength: 6 }), gateways, (routes, wanted) => {
        const edit = editOf(routes, step(...wanted));
        const after = [...routes.filter((known) => !edit.removed.includes(known)), ...edit.added];
        expect(editOf(after, step(...wanted))).toEqual({ removed: [], added: [] });
        for (const gateway of wanted) {
          const family = gateway.includes(':') ? 6 : 4;
          const left = after.filter((known) => known.family === family);
          expect(left.length).toBeGreaterThan(0);
          expect(left.every(({ ifname }) => ifname === 'net1')).toBe(true);
        }
      }),
    );
  });

  it('changes the kernel and says what it changed', () => {
    const world = new World();
    const sandbox = world.addSandbox('/n');
    sandbox.routes = [eth0v4, eth0v6];
    const edit = moveDefaultRoute(new MemorySys(world), '/n', step('10.2.0.1'), 9000);
    expect(edit).toEqual({ removed: [eth0v4], added: [route('net1', '10.2.0.1')] });
    expect(sandbox.routes).toEqual([eth0v6, route('net1', '10.2.0.1')]);
  });

  it('makes no change where none is needed', () => {
    const world = new World();
    world.addSandbox('/n').routes = [route('net1', '10.2.0.1')];
    const sys = new MemorySys(world);
    moveDefaultRoute(sys, '/n', step('10.2.0.1'), 9000);
    expect(sys.calls).toEqual(['defaultRoutes /n']);
  });

  it('fails where the kernel does not keep it, naming what is in the way', () => {
    const stubborn: SysNetns = {
      isOwnNetns: () => false,
      linkNames: () => [],
      removeLink: () => undefined,
      defaultRoutes: () => [eth0v4],
      changeDefaultRoutes: () => undefined,
    };
    expect(reasonOf(() => moveDefaultRoute(stubborn, '/n', step('10.2.0.1'), 9000))).toBe(
      'DefaultRouteFailed',
    );
    expect(() => moveDefaultRoute(stubborn, '/n', step('10.2.0.1'), 9000)).toThrow('stay on eth0 10.1.0.1');
  });

  /** A kernel that has these routes, whatever is changed; `changes` takes what was asked for. */
  function kernelWith(
    before: readonly DefaultRoute[],
    after: readonly DefaultRoute[],
  ): SysNetns & { changes: unknown[] } {
    const changes: unknown[] = [];
    const answers = [before, after];
    return {
      changes,
      isOwnNetns: () => false,
      linkNames: () => [],
      removeLink: () => undefined,
      defaultRoutes: () => answers.shift() ?? after,
      changeDefaultRoutes: (netns, asked, deadline) => changes.push(netns, asked, deadline),
    };
  }

  it('deletes before it adds', () => {
    const own = route('net1', '10.2.0.1');
    const kernel = kernelWith([eth0v4], [own]);
    moveDefaultRoute(kernel, '/n', step('10.2.0.1'), 9000);
    expect(kernel.changes).toEqual([
      '/n',
      [
        { op: 'delete', route: eth0v4 },
        { op: 'add', route: own },
      ],
      9000,
    ]);
  });

  it.each([
    [[route('net1', '10.2.0.1'), eth0v4, route('eth1', '')], 'default routes stay on eth0 10.1.0.1, eth1 '],
    [[], 'the new route is not there'],
  ])('fails where the kernel has %j afterwards: %s', (after, cause) => {
    const { reason, failure } = caught(() =>
      moveDefaultRoute(kernelWith([eth0v4], after), '/n', step('10.2.0.1'), 9000),
    );
    expect(reason).toBe('DefaultRouteFailed');
    expect(failure).toMatchObject({ step: 'default route over net1', cause });
  });

  it('takes a route without gateway for none of the wanted ones', () => {
    const bare = route('net1', '');
    expect(editOf([bare], step('10.2.0.1'))).toEqual({ removed: [bare], added: [route('net1', '10.2.0.1')] });
  });

  it('fails where the kernel refuses, with its word', () => {
    const refusing: SysNetns = {
      isOwnNetns: () => false,
      linkNames: () => [],
      removeLink: () => undefined,
      defaultRoutes: () => [],
      changeDefaultRoutes: () => {
        throw new SysError('ENETUNREACH', 'changeDefaultRoutes', '/n');
      },
    };
    expect(() => moveDefaultRoute(refusing, '/n', step('10.2.0.1'), 9000)).toThrow(
      'the kernel says ENETUNREACH',
    );
  });
});
