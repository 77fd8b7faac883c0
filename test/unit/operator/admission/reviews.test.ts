import { describe, expect, it } from 'vitest';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../../src/api/weft-config.ts';
import type { AdmissionRequest, Verdict } from '../../../../src/operator/admission/admission-review.ts';
import type { ClusterView } from '../../../../src/operator/admission/cluster-view.ts';
import { reviews } from '../../../../src/operator/admission/reviewer.ts';
import { NetworkUserIndex } from '../../../../src/operator/networks/network-users.ts';

const networks = 'k8s.v1.cni.cncf.io/networks';
const good = '{"cniVersion":"1.0.0","type":"bridge","ipam":{"type":"dhcp"}}';
const bad = '{"cniVersion":"1.0.0","type":""}';

interface World {
  readonly config?: Partial<WeftConfigSpec>;
  readonly exists?: readonly string[];
  /** The configuration of those; absent: each node has it in a file. */
  readonly configuration?: string;
  /** Why no node can attach them. */
  readonly lack?: string;
  readonly users?: number;
  readonly terminating?: boolean;
  /** Namespaces whose pods the caller may list. */
  readonly sees?: readonly string[];
}

function view(world: World): ClusterView {
  const config = { ...defaultWeftConfig(), ...world.config };
  const users = new NetworkUserIndex(config);
  for (let index = 0; index < (world.users ?? 0); index += 1) {
    const namespace = index % 2 === 0 ? 'a' : 'b';
    users.put(`${namespace}/p${index}`, {
      namespace,
      name: `p${index}`,
      annotations: { [networks]: 'a/net' },
    });
  }
  return {
    config: () => config,
    namespace: (name) =>
      name === 'a' ? { labels: { team: 'red' }, terminating: world.terminating === true } : undefined,
    networks: (namespace, name) =>
      world.exists?.includes(`${namespace}/${name}`) === true
        ? {
            metadata: { namespace, name, annotations: { 'weft.dev/allowed-namespaces': `team=${name}` } },
            ...(world.configuration !== undefined && { spec: { config: world.configuration } }),
          }
        : undefined,
    unavailable: () => world.lack,
    users,
  };
}

function nad(config: unknown, metadata: object = {}): Record<string, unknown> {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'net', namespace: 'a', ...metadata },
    spec: { config },
  };
}

function pod(annotations: object, rest: object = {}, metadata: object = {}): Record<string, unknown> {
  return { metadata: { name: 'p', namespace: 'a', annotations, ...metadata }, ...rest };
}

type Asked = Partial<AdmissionRequest> & Pick<AdmissionRequest, 'operation'>;

async function judge(path: string, asked: Asked, world: World = {}): Promise<Verdict> {
  const sight = {
    mayListPods: (_: unknown, namespace: string) => Promise.resolve(world.sees?.includes(namespace) === true),
  };
  const review = reviews(view(world), sight).get(path);
  const isPod = path === '/pods';
  const resource = isPod
    ? { group: '', resource: 'pods' }
    : { group: 'k8s.cni.cncf.io', resource: 'network-attachment-definitions' };
  const request = {
    uid: 'u',
    resource,
    namespace: 'a',
    name: isPod ? 'p' : 'net',
    userInfo: { username: 'jane' },
    ...asked,
  };
  const verdict = await review?.(request, new AbortController().signal);
  if (verdict === undefined) throw new Error(`no review at ${path}`);
  return verdict;
}

const network = (asked: Asked, world?: World): Promise<Verdict> => judge('/networks', asked, world);
const onPod = (asked: Asked, world?: World): Promise<Verdict> => judge('/pods', asked, world);

describe('the review of a network', () => {
  it('refuses errors with place and sentence, and shows warnings', async () => {
    expect(await network({ operation: 'CREATE', object: nad(good) })).toEqual({ warnings: [] });
    expect(await network({ operation: 'CREATE', object: nad('{') })).toMatchObject({
      refusal: { reason: 'Invalid', code: 422, message: expect.stringMatching(/^spec\.config: /) },
    });
    const trap = '{"cniVersion":"1.0.0","type":"bridge","type":"bridge","ipam":{"type":"dhcp"}}';
    expect(await network({ operation: 'CREATE', object: nad(trap) })).toEqual({
      warnings: [expect.stringMatching(/^spec\.config\.type: the key is there twice/)],
    });
  });

  it('refuses an object that is not one, by the field', async () => {
    const wrong = [nad(5), nad(good, { name: 'Net_A' }), { ...nad(good), spec: 'x' }, { metadata: {} }];
    for (const object of wrong) {
      expect((await network({ operation: 'CREATE', object, name: '' })).refusal?.code).toBe(422);
    }
    const { refusal } = await network({ operation: 'CREATE', object: nad(good, { name: 'Net_A' }) });
    expect(refusal?.message).toMatch(/^metadata\.name: /);
  });

  it('lists several errors, and at most ten', async () => {
    const plugins = Array.from({ length: 12 }, () => ({
      type: 'macvlan',
      mode: 'wrong',
      ipam: { type: 'dhcp' },
    }));
    const object = nad(JSON.stringify({ cniVersion: '1.0.0', plugins }));
    const lines = ((await network({ operation: 'CREATE', object })).refusal?.message ?? '').split('\n');
    expect(lines[0]).toMatch(/^\d+ errors$/);
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toMatch(/^- and \d+ more$/);
  });

  it.each([
    ['labels', nad(bad, { labels: { a: 'b' } })],
    ['finalizers', nad(bad, { finalizers: [] })],
    ['other annotations', nad(bad, { annotations: { a: 'b' } })],
  ])('lets %s of a bad one be changed, and says that it is bad', async (_, object) => {
    const verdict = await network({ operation: 'UPDATE', object, oldObject: nad(bad) });
    expect(verdict).toEqual({ warnings: [expect.stringMatching(/^spec\.config/)] });
  });

  it('refuses an UPDATE that keeps another configuration bad, or brings a bad annotation', async () => {
    const other = nad(`${bad} `);
    expect(
      (await network({ operation: 'UPDATE', object: other, oldObject: nad(bad) })).refusal,
    ).toBeDefined();
    const opened = nad(bad, { annotations: { 'weft.dev/allowed-namespaces': '((' } });
    const verdict = await network({ operation: 'UPDATE', object: opened, oldObject: nad(bad) });
    expect(verdict.refusal?.message).toMatch(/^metadata\.annotations\["weft\.dev\/allowed-namespaces"\]: /);
  });

  it('lets one that is being deleted lose its finalizers, whatever is in it', async () => {
    const object = nad(5, { deletionTimestamp: 'now' });
    expect(await network({ operation: 'UPDATE', object, oldObject: nad(bad) })).toEqual({ warnings: [] });
  });

  it('holds a namespace to what it may name', async () => {
    const tenancy = { ...defaultWeftConfig().tenancy, enabled: true, pluginTypes: ['bridge'] };
    const object = nad('{"cniVersion":"1.0.0","type":"host-device","device":"eth0"}');
    const { refusal } = await network({ operation: 'CREATE', object }, { config: { tenancy } });
    expect(refusal?.message).toContain('may not use the plugin "host-device"');
    const exempt = { ...tenancy, exemptNamespaces: ['a'] };
    expect(
      (await network({ operation: 'CREATE', object }, { config: { tenancy: exempt } })).refusal,
    ).toBeUndefined();
  });

  it('warns about names that only the JSON form can write', async () => {
    for (const name of ['a.b', 'a'.repeat(64)]) {
      const { refusal, warnings } = await network({ operation: 'CREATE', name, object: nad(good, { name }) });
      expect([refusal, warnings.length]).toEqual([undefined, 1]);
    }
  });
});

describe('the review of a deletion', () => {
  const oldObject = nad(good);

  it('admits a network that nobody uses, or that is being deleted already', async () => {
    expect(await network({ operation: 'DELETE', oldObject })).toEqual({ warnings: [] });
    const going = nad(good, { deletionTimestamp: 'now' });
    expect(await network({ operation: 'DELETE', oldObject: going }, { users: 1 })).toEqual({ warnings: [] });
  });

  it.each([
    [1, [], 'used by 1 pod; delete it first'],
    [3, [], 'used by 3 pods; delete them first'],
    [3, ['a'], 'used by 3 pods: a/p0, a/p2 and 1 more; delete'],
    [3, ['a', 'b'], 'used by 3 pods: a/p0, a/p2, b/p1; delete'],
    [20, ['a', 'b'], 'used by 20 pods: a/p0, a/p10, a/p12, a/p14, a/p16 and 15 more; delete'],
  ])('refuses one with %d users and names those in %j', async (users, sees, said) => {
    const { refusal } = await network({ operation: 'DELETE', oldObject }, { users, sees });
    expect(refusal).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect(refusal?.message).toContain(said);
  });

  it.each([
    ['its namespace is being deleted', {}, { terminating: true }],
    [
      'it has the annotation',
      { oldObject: nad(good, { annotations: { 'weft.dev/allow-delete': 'true' } }) },
      {},
    ],
    [
      'namespace-controller',
      { userInfo: { username: 'system:serviceaccount:kube-system:namespace-controller' } },
      {},
    ],
    [
      'garbage-collector',
      { userInfo: { username: 'system:serviceaccount:kube-system:generic-garbage-collector' } },
      {},
    ],
    ['kube-controller-manager', { userInfo: { username: 'system:kube-controller-manager' } }, {}],
  ])('admits it with a warning: %s', async (why, asked, world) => {
    const verdict = await network({ operation: 'DELETE', oldObject, ...asked }, { users: 2, ...world });
    expect(verdict.refusal).toBeUndefined();
    expect(verdict.warnings).toEqual([expect.stringContaining('used by 2 pods')]);
    expect(verdict.warnings[0]).toContain(why);
  });

  it('does not take another value of the annotation for a yes', async () => {
    const annotated = nad(good, { annotations: { 'weft.dev/allow-delete': 'yes' } });
    expect(
      (await network({ operation: 'DELETE', oldObject: annotated }, { users: 1 })).refusal,
    ).toBeDefined();
  });
});

describe('the review of a pod', () => {
  const create = (annotations: object, world?: World, rest?: object, metadata?: object): Promise<Verdict> =>
    onPod({ operation: 'CREATE', object: pod(annotations, rest, metadata) }, world);

  it('refuses what its node would refuse', async () => {
    for (const text of [
      'Net_A',
      'a@eth0',
      'a@x,b@x',
      '[{"name":"a","mac":"x"}]',
      'a,'.repeat(40).slice(0, -1),
    ]) {
      expect((await create({ [networks]: text })).refusal).toMatchObject({ code: 422, reason: 'Invalid' });
    }
  });

  it('says with the place what to write instead, all of it at once, in the sentences of lint', async () => {
    const at = `metadata.annotations["${networks}"]`;
    const wrong = '[{"nane":"a"},{"name":"b","mac":"c2:b0:57"}]';
    expect((await create({ [networks]: wrong })).refusal?.message.split('\n')).toEqual([
      '2 errors',
      `- ${at}[0].nane: the key "nane" is unknown; write "name"`,
      `- ${at}[1].mac: mac is "c2:b0:57"; write six bytes in hex`,
    ]);
    expect((await create({ [networks]: 'a@eth0' })).refusal?.message).toBe(
      `${at}[0].interface: the pod has an interface "eth0" already; write another name, such as "net1"`,
    );
    const first = await create({ 'v1.multus-cni.io/default-network': 'a,b' });
    expect(first.refusal?.message).toContain('it names 2 networks, must name exactly one; write one network');
  });

  it('warns about what the node lets pass and lint does not', async () => {
    const mistyped = await create({ [networks]: '[{"name":"a","ip":"10.1.2.3"}]' }, { exists: ['a/a'] });
    expect(mistyped).toEqual({
      warnings: [`metadata.annotations["${networks}"][0].ip: the key "ip" is unknown; write "ips"`],
    });
    const isolation = { enabled: true, globalNamespaces: [] };
    const foreign = await create(
      { [networks]: '[{"name":"net","namespace":"b","ip":"10.1.2.3"}]' },
      { config: { isolation } },
    );
    expect(foreign.refusal?.message).toContain('may not use networks of namespace b');
    expect(foreign.warnings).toEqual([expect.stringContaining('write "ips"')]);
  });

  it.each([
    [
      'does not take what the pod asks of it',
      '[{"name":"b","ips":["10.1.2.3/24"]}]',
      good,
      'network a/b, check the capabilities: [0] asks for ips, but no plugin of the network declares capability "ips"; declare the capability in the network\'s configuration or drop the request; until then the pod does not start',
    ],
    [
      'cannot be read',
      'b',
      '{"cniVersion":',
      /^network a\/b: spec\.config.*; until then the pod does not start$/,
    ],
    ['is another meta-plugin', 'b', '{"cniVersion":"1.0.0","type":"multus"}', /^network a\/b: .*multus/],
  ])('warns once about a network that %s', async (_, text, configuration, warning) => {
    const verdict = await create({ [networks]: text }, { exists: ['a/b'], configuration });
    expect(verdict).toEqual({
      warnings: [typeof warning === 'string' ? warning : expect.stringMatching(warning)],
    });
  });

  it('warns about a network that no node can attach', async () => {
    const lack = 'no interface eth9 on node1, node2';
    const verdict = await create({ [networks]: 'b' }, { exists: ['a/b'], configuration: good, lack });
    expect(verdict).toEqual({
      warnings: [`network a/b can be attached on no node: ${lack}; until then the pod does not start`],
    });
  });

  it('warns about a network that names what its namespace may not', async () => {
    const { tenancy: usual } = defaultWeftConfig();
    const tenancy = { ...usual, enabled: true, pluginTypes: ['macvlan'] };
    const verdict = await create(
      { [networks]: 'b' },
      { exists: ['a/b'], configuration: good, config: { tenancy } },
    );
    expect(verdict.warnings).toEqual([expect.stringContaining('check the tenancy rules')]);
  });

  it('says nothing of a network that takes what the pod asks of it', async () => {
    const configuration =
      '{"cniVersion":"1.0.0","type":"macvlan","capabilities":{"ips":true},"ipam":{"type":"static"}}';
    const text = '[{"name":"b","ips":["10.1.2.3/24"]},{"name":"b"}]';
    expect(await create({ [networks]: text }, { exists: ['a/b'], configuration })).toEqual({ warnings: [] });
  });

  it('warns about networks that do not exist yet, once each, and about ignored keys', async () => {
    const text =
      '[{"name":"a"},{"name":"b","x":1,"portMappings":[{"hostPort":1,"containerPort":1,"y":1}]},{"name":"a"}]';
    const { refusal, warnings } = await create({ [networks]: text }, { exists: ['a/b'] });
    expect(refusal).toBeUndefined();
    expect(warnings).toEqual([
      `metadata.annotations["${networks}"][1].x: the key "x" is not acted on; remove it`,
      `metadata.annotations["${networks}"][1].portMappings[0].y: the key "y" is not acted on; remove it`,
      'network a/a does not exist yet; until then the pod does not start',
    ]);
  });

  it('refuses what isolation keeps from it, and leaves to the node what is not known yet', async () => {
    const isolation = { enabled: true, globalNamespaces: [] };
    const closed = await create({ [networks]: 'b/net' }, { config: { isolation } });
    expect(closed.refusal?.message).toContain('may not use networks of namespace b');
    const opened = { [networks]: 'b/red' };
    const world = { config: { isolation }, exists: ['b/red'] };
    expect(await create(opened, world)).toEqual({ warnings: [] });
    // A namespace so new that its labels have not come yet.
    const early = await onPod({ operation: 'CREATE', namespace: 'new', object: pod(opened) }, world);
    expect(early).toEqual({
      warnings: [expect.stringContaining('the labels of namespace new are not known')],
    });
  });

  it('only warns about mirror pods and pods of the host’s network', async () => {
    const mirror = { 'kubernetes.io/config.mirror': 'x', [networks]: 'Net_A' };
    expect(await create(mirror)).toEqual({ warnings: [expect.stringContaining('Net_A')] });
    expect(await create({ [networks]: 'Net_A' }, {}, { spec: { hostNetwork: true } })).toEqual({
      warnings: [expect.stringContaining('has no effect')],
    });
  });

  it('looks at an UPDATE only where it changes what is asked for', async () => {
    const update = (object: object, oldObject: object): Promise<Verdict> =>
      onPod({
        operation: 'UPDATE',
        object: object as Record<string, unknown>,
        oldObject: oldObject as Record<string, unknown>,
      });
    const wrong = pod({ [networks]: 'Net_A' });
    expect(await update(pod({ [networks]: 'Net_A', a: 'b' }), wrong)).toEqual({ warnings: [] });
    expect((await update(wrong, pod({}))).refusal).toBeDefined();
    const going = pod({ [networks]: 'Net_B' }, {}, { deletionTimestamp: 'now' });
    expect(await update(going, wrong)).toEqual({ warnings: [] });
  });

  it('has nothing to say about anything else', async () => {
    expect(await create({})).toEqual({ warnings: [] });
    const resource = { group: 'apps', resource: 'deployments' };
    expect(await onPod({ operation: 'CREATE', resource, object: pod({ [networks]: 'A' }) })).toEqual({
      warnings: [],
    });
    expect(await network({ operation: 'CREATE', resource, object: nad('{') })).toEqual({ warnings: [] });
    expect(await network({ operation: 'CONNECT', object: nad('{') })).toEqual({ warnings: [] });
  });
});
