import { describe, expect, it } from 'vitest';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../src/api/weft-config.ts';
import { projectPod } from '../../../src/cli/pods/listed-pod.ts';
import type { Difference } from '../../../src/cli/pods/pod-differences.ts';
import { isWorthShowing, type PodContext, type PodView, podView } from '../../../src/cli/pods/pod-view.ts';
import { configHash } from '../../../src/netconf/config-hash.ts';
import { hashes, macvlan, pod, type SaidPod } from './listed-objects.ts';

const known = new Map(
  ['team/a', 'team/b', 'other/c'].map((network) => [network, configHash(macvlan)] as const),
);

function context(config: Partial<WeftConfigSpec> = {}): PodContext {
  return { config: { ...defaultWeftConfig(), ...config }, hashes: known, knows: () => true };
}

function viewOf(said: SaidPod, given: PodContext = context()): PodView {
  const listed = projectPod(pod('p', said));
  if (listed === undefined) throw new Error('not listed');
  return podView(listed, given);
}

function codes(view: PodView): readonly Difference['code'][] {
  return view.differs.map(({ code }) => code);
}

const eth0 = { name: 'cbr0', interface: 'eth0', ips: ['10.0.0.2'], default: true };

function entry(name: string, place: string, rest: object = {}): object {
  return { name, interface: place, default: false, dns: {}, ...rest };
}

describe('podView', () => {
  it('sees no difference where a pod has what it asks for', () => {
    const view = viewOf({
      asks: 'a, other/c@left',
      has: [eth0, entry('team/a', 'net1'), entry('other/c', 'left')],
      hashes: hashes({ 'team/a': macvlan }),
    });
    expect(view.differs).toEqual([]);
    expect(view.asked).toEqual([
      { network: 'team/a', by: 'pod', default: false },
      { network: 'other/c', by: 'pod', default: false, interface: 'left' },
    ]);
    expect(view.attached.map(({ network }) => network)).toEqual(['cbr0', 'team/a', 'other/c']);
    expect(isWorthShowing(view)).toBe(true);
  });

  it('leaves a pod with the default network alone out of the table', () => {
    expect(isWorthShowing(viewOf({ has: [eth0] }))).toBe(false);
    expect(isWorthShowing(viewOf({}))).toBe(false);
  });

  it.each<[string, SaidPod]>([
    ['of the host network', { spec: { hostNetwork: true } }],
    ['finished', { phase: 'Succeeded' }],
    ['being deleted', { deleting: true }],
  ])('has nothing to say of a pod that is %s', (_, said) => {
    expect(projectPod(pod('p', { asks: 'a', ...said }))).toBeUndefined();
  });

  it('says what is missing, also of a network that is asked for twice', () => {
    expect(viewOf({ asks: 'a,b', has: [eth0, entry('team/b', 'net1')] }).differs).toEqual([
      { code: 'Missing', network: 'team/a', message: 'team/a is missing' },
    ]);
    const [difference] = viewOf({ asks: 'a,a', has: [eth0, entry('team/a', 'net1')] }).differs;
    expect(difference?.message).toBe('team/a is missing 1 of 2 times');
  });

  it('says what is there though nobody asks for it', () => {
    expect(codes(viewOf({ has: [eth0, entry('team/a', 'net1')] }))).toEqual(['NotAsked']);
  });

  it('takes several interfaces of one attachment for one', () => {
    const has = [eth0, entry('team/a', 'net1', { ips: ['10.1.0.5'] }), entry('team/a', 'net1s')];
    expect(viewOf({ asks: '[{"name":"a","ips":["10.1.0.6/24"]}]', has }).differs).toEqual([]);
  });

  it('compares interface, addresses and MAC by their meaning', () => {
    const asks = JSON.stringify([
      { name: 'a', interface: 'left', ips: ['fd00:0::5/64'], mac: 'C2:B0:57:49:47:F1' },
      { name: 'b', interface: 'right' },
    ]);
    const right = entry('team/b', 'right');
    const same = entry('team/a', 'left', { ips: ['fd00::5'], mac: 'c2:b0:57:49:47:f1' });
    expect(viewOf({ asks, has: [eth0, same, right] }).differs).toEqual([]);
    const other = entry('team/a', 'left', { ips: ['fd00::6'], mac: 'c2:b0:57:49:47:f2' });
    expect(viewOf({ asks, has: [eth0, other, right] }).differs).toEqual([
      { code: 'OtherAddress', network: 'team/a', message: 'team/a does not have fd00:0::5/64, but fd00::6' },
      {
        code: 'OtherMac',
        network: 'team/a',
        message: 'team/a has c2:b0:57:49:47:f2, not C2:B0:57:49:47:F1',
      },
    ]);
    const moved = viewOf({ asks, has: [eth0, entry('team/a', 'net1'), right] });
    expect(moved.differs).toEqual([
      { code: 'OtherInterface', network: 'team/a', message: 'team/a has no interface left' },
    ]);
  });

  it('counts what WeftConfig gives, but not in system namespaces', () => {
    const given = context({ defaultNetworks: ['other/c'], systemNamespaces: ['kube-system'] });
    const view = viewOf({ has: [eth0] }, given);
    expect(view.asked).toEqual([{ network: 'other/c', by: 'WeftConfig', default: false }]);
    expect(codes(view)).toEqual(['Missing']);
    expect(codes(viewOf({ namespace: 'kube-system', has: [eth0] }, given))).toEqual([]);
  });

  it('compares the default network with the one that the pod or WeftConfig names', () => {
    const annotations = { 'v1.multus-cni.io/default-network': 'team/a' };
    expect(codes(viewOf({ annotations, has: [eth0] }))).toEqual(['OtherDefault']);
    expect(codes(viewOf({ annotations, has: [{ ...eth0, name: 'team/a' }] }))).toEqual([]);
    const named = context({ defaultNetwork: 'flannel' });
    expect(codes(viewOf({ has: [eth0] }, named))).toEqual(['OtherDefault']);
    expect(codes(viewOf({ has: [eth0] }, context({ defaultNetwork: '/etc/cni/x.conflist' })))).toEqual([]);
  });

  it('names the networks whose configuration was another one at ADD', () => {
    const has = [eth0, entry('team/a', 'net1'), entry('team/b', 'net2')];
    const view = viewOf({ asks: 'a,b', has, hashes: hashes({ 'team/a': 'old', 'team/b': macvlan }) });
    expect(view.differs).toEqual([
      expect.objectContaining({ code: 'Outdated', network: 'team/a' }) as Difference,
    ]);
    // A configuration that is on the nodes is not known here.
    const onNode = { ...context(), hashes: new Map([...known, ['team/a', '']]) };
    expect(codes(viewOf({ asks: 'a,b', has, hashes: hashes({ 'team/a': 'old' }) }, onNode))).toEqual([]);
  });

  it('names networks that are gone, but not where they cannot be read', () => {
    const said = { asks: 'gone', has: [eth0, entry('team/gone', 'net1')] };
    expect(codes(viewOf(said))).toEqual(['NetworkGone']);
    expect(codes(viewOf(said, { ...context(), knows: (namespace) => namespace !== 'team' }))).toEqual([]);
  });

  it('says what the condition says, and what cannot be read', () => {
    const condition = {
      type: 'weft.dev/NetworksReady',
      status: 'False',
      reason: 'PluginMissing',
      message: 'no x',
    };
    const failed = viewOf({ asks: 'a', condition });
    expect(failed.ready).toBe('False');
    expect(failed.differs).toEqual([
      expect.objectContaining({ code: 'Missing' }) as Difference,
      { code: 'NotReady', message: 'PluginMissing: no x' },
    ]);
    expect(codes(viewOf({ asks: 'a b', has: [eth0] }))).toEqual(['InvalidAnnotation']);
    expect(codes(viewOf({ asks: 'a', has: '{"x":' }))).toEqual(['InvalidStatus']);
    expect(codes(viewOf({ asks: 'a', has: '[1]' }))).toEqual(['InvalidStatus']);
  });
});
