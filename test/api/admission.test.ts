import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { defaultWeftConfig } from '../../src/api/weft-config.ts';
import type { RunEnd } from '../harness/run.ts';
import { sleep } from '../harness/run.ts';
import { AdmissionRoom, bridge, nad, nads, pod, Replica, steady } from './admission-room.ts';
import { pods } from './bodies.ts';
import { adminServer } from './shared-server.ts';

/** The webhooks of config/operator on a real API server, over TLS, without its policies. */

const networks = 'k8s.v1.cni.cncf.io/networks';
const namespace = 'admission';

let room: AdmissionRoom;
let replica: Replica;

beforeAll(async () => {
  room = await AdmissionRoom.open(inject(adminServer));
  await room.admin.namespace(namespace);
  await room.apply(/^(Namespace|ServiceAccount|Role|RoleBinding|ClusterRole|ClusterRoleBinding|Secret)$/);
  replica = await Replica.start(room, 0, steady);
  await room.apply(/^ValidatingWebhookConfiguration$/, replica.port);
  await untilItRefuses();
});
afterAll(async () => {
  await replica?.stop();
  await room?.close();
});

/** What the API server knows of webhooks, and of their authority, is a moment old. */
async function untilItRefuses(): Promise<void> {
  for (let tried = 0; ; tried += 1) {
    const end = await create(nad('probe', '{"type":""}'), ['--dry-run=server']);
    if (end.stderr.includes('denied the request')) return;
    if (tried > 200) throw new Error(`the webhook does not work: ${end.stderr}`);
    await sleep(50);
  }
}

function create(object: object, options: readonly string[] = []): Promise<RunEnd> {
  return room.kubectl.run(['create', '-n', namespace, ...options, '-f', '-'], JSON.stringify(object));
}

function remove(name: string, options: readonly string[] = [], where: string = namespace): Promise<RunEnd> {
  return room.kubectl.run(['delete', 'net-attach-def', name, '-n', where, '--wait=false', ...options]);
}

/** The operator's watch over pods is a moment behind. */
async function untilUsed(name: string, where: string = namespace): Promise<RunEnd> {
  for (let tried = 0; ; tried += 1) {
    const end = await remove(name, ['--dry-run=server'], where);
    if (end.status !== 0) return end;
    if (tried > 100) throw new Error(`${name} is not known to be used`);
    await sleep(20);
  }
}

describe('networks', () => {
  it('are refused with the place and the sentence, as kubectl prints it [NPWG-008]', async () => {
    for (const config of [
      '{"plugins":[{}]}',
      '{"plugins":[]}',
      '{"cniVersion":"1.0.0"}',
      '[]',
      '{"type": ',
    ]) {
      const end = await create(nad('broken', config));
      expect(end.status).toBe(1);
      expect(end.stderr).toMatch(
        /^The request is invalid: error when creating "STDIN": admission webhook "networks\.weft\.dev" denied the request: (\d+ errors\n- )?spec\.config[^ ]*: /,
      );
    }
    const long = await create(nad('long', bridge.padEnd(65_537)));
    expect(long.stderr).toContain('spec.config: spec.config has 65537 characters, at most 65536 are allowed');
    for (const config of ['', undefined, bridge]) {
      expect(await create(nad('fine', config), ['--dry-run=server'])).toMatchObject({
        status: 0,
        stderr: '',
      });
    }
  });

  it('have names made of labels: one in other letters is refused, one with dots is warned about [NPWG-007]', async () => {
    const wrong = await create(nad('Net_A', bridge));
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('Invalid value: "Net_A"') });
    const dotted = await create(nad('a.b', bridge), ['--dry-run=server']);
    expect(dotted).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Warning: metadata.name: it has a dot'),
    });
  });

  it('that are bad already can be labelled and rid of finalizers, but not made worse', async () => {
    await room.kubectl.must(['create', 'namespace', 'bad']);
    await room.kubectl.must(['delete', 'validatingwebhookconfiguration', 'weft']);
    await untilAdmitted(nad('old', '{"type":""}', { finalizers: ['a.example/b'] }), 'bad');
    await room.apply(/^ValidatingWebhookConfiguration$/, replica.port);
    await untilItRefuses();
    const labelled = await room.kubectl.run(['label', 'net-attach-def', 'old', '-n', 'bad', 'a=b']);
    expect(labelled).toMatchObject({ status: 0, stderr: expect.stringContaining('Warning: spec.config') });
    const patch = (body: object): Promise<RunEnd> =>
      room.kubectl.run([
        'patch',
        'net-attach-def',
        'old',
        '-n',
        'bad',
        '--type=merge',
        '-p',
        JSON.stringify(body),
      ]);
    expect((await patch({ spec: { config: '{"type":"","a":1}' } })).stderr).toContain('denied the request');
    const wrong = { metadata: { annotations: { 'weft.dev/allowed-namespaces': '((' } } };
    expect((await patch(wrong)).stderr).toContain('metadata.annotations["weft.dev/allowed-namespaces"]');
    expect((await patch({ metadata: { finalizers: null } })).status).toBe(0);
    expect((await patch({ spec: { config: bridge } })).status).toBe(0);
  });

  async function untilAdmitted(object: object, where: string): Promise<void> {
    for (let tried = 0; ; tried += 1) {
      const end = await room.kubectl.run(['create', '-n', where, '-f', '-'], JSON.stringify(object));
      if (end.status === 0) return;
      if (tried > 200) throw new Error(end.stderr);
      await sleep(50);
    }
  }

  it('of kube-system are nobody’s business here', async () => {
    const object = JSON.stringify(nad('broken', '{"type":""}'));
    const end = await room.kubectl.run(
      ['create', '-n', 'kube-system', '--dry-run=server', '-f', '-'],
      object,
    );
    expect(end).toMatchObject({ status: 0, stderr: '' });
  });

  it('that name what their namespace may not name are refused', async () => {
    room.config = { ...defaultWeftConfig(), tenancy: { ...defaultWeftConfig().tenancy, enabled: true } };
    try {
      const end = await create(nad('stolen', '{"cniVersion":"1.0.0","type":"host-device","device":"eth0"}'));
      expect(end.stderr).toContain('networks of this namespace may not use the plugin "host-device"');
    } finally {
      room.config = defaultWeftConfig();
    }
  });
});

describe('the deletion of a network', () => {
  it('is refused while a pod uses it, with the pod for those who may see it, and a number for others', async () => {
    await create(nad('used', bridge));
    await room.admin.namespace('elsewhere');
    await room.admin.writer.create(pods, namespace, pod('user', { [networks]: 'used' }));
    await room.admin.writer.create(pods, 'elsewhere', pod('user', { [networks]: `${namespace}/used` }));
    await untilUsed('used');
    const end = await remove('used');
    expect(end.stderr).toBe(
      `Error from server (Forbidden): admission webhook "networks.weft.dev" denied the request: network ${namespace}/used is used by 2 pods: ${namespace}/user, elsewhere/user; delete them first, or set the annotation weft.dev/allow-delete: "true" on the network\n`,
    );
    await room.kubectl.must([
      'create',
      'role',
      'editor',
      '-n',
      namespace,
      '--verb=*',
      '--resource=pods,net-attach-def',
    ]);
    await room.kubectl.must([
      'create',
      'rolebinding',
      'editor',
      '-n',
      namespace,
      '--role=editor',
      '--user=jane',
    ]);
    expect((await remove('used', ['--as=jane'])).stderr).toContain(
      `used by 2 pods: ${namespace}/user and 1 more;`,
    );
    await room.kubectl.must([
      'create',
      'role',
      'nads',
      '-n',
      namespace,
      '--verb=*',
      '--resource=net-attach-def',
    ]);
    await room.kubectl.must(['create', 'rolebinding', 'nads', '-n', namespace, '--role=nads', '--user=joe']);
    expect((await remove('used', ['--as=joe'])).stderr).toContain('used by 2 pods; delete them first');
    const all = await room.kubectl.run([
      'delete',
      'net-attach-def',
      '--all',
      '-n',
      namespace,
      '--dry-run=server',
    ]);
    expect(all.stderr).toContain(`network ${namespace}/used is used by 2 pods`);
  });

  it('is admitted with a warning for the cleaners of Kubernetes, and for whoever wants it by annotation', async () => {
    const accounts = ['generic-garbage-collector', 'namespace-controller'];
    for (const account of accounts) {
      const by = `system:serviceaccount:kube-system:${account}`;
      const collected = await remove('used', ['--dry-run=server', `--as=${by}`, '--as-group=system:masters']);
      expect(collected).toMatchObject({
        status: 0,
        stderr: expect.stringContaining(`because ${by} deletes it`),
      });
    }
    await room.kubectl.must([
      'annotate',
      'net-attach-def',
      'used',
      '-n',
      namespace,
      'weft.dev/allow-delete=true',
    ]);
    const end = await remove('used');
    expect(end).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Warning: network admission/used is used by 2 pods'),
    });
  });

  it('is admitted when its pods have gone, or are going', async () => {
    await create(nad('left', bridge));
    const finalizers = ['a.example/b'];
    const object = pod('leaver', { [networks]: 'left' }) as { metadata: object };
    await room.admin.writer.create(pods, namespace, {
      ...object,
      metadata: { ...object.metadata, finalizers },
    });
    await untilUsed('left');
    await room.kubectl.must(['delete', 'pod', 'leaver', '-n', namespace, '--wait=false', '--force']);
    for (let tried = 0; (await remove('left')).status !== 0; tried += 1) {
      if (tried > 100) throw new Error('the network is still in use');
      await sleep(20);
    }
  });

  it('does not hold up a namespace that is being deleted', async () => {
    await room.admin.namespace('ending');
    await room.admin.writer.create(nads, 'ending', nad('used', bridge));
    await room.admin.writer.create(pods, 'ending', pod('user', { [networks]: 'used' }));
    await untilUsed('used', 'ending');
    // Nobody runs the namespace controller here: it stays as it is while it is being deleted.
    await room.kubectl.must(['delete', 'namespace', 'ending', '--wait=false']);
    for (let tried = 0; ; tried += 1) {
      const end = await room.kubectl.run(['delete', 'net-attach-def', '--all', '-n', 'ending']);
      if (end.status === 0) {
        expect(end.stderr).toMatch(
          /^Warning: network ending\/used .* because its namespace is being deleted/,
        );
        break;
      }
      if (tried > 100) throw new Error(end.stderr);
      await sleep(20);
    }
  });
});

describe('pods', () => {
  const refusal = async (annotations: Readonly<Record<string, string>>, spec = {}): Promise<RunEnd> =>
    create(pod('pod', annotations, spec), ['--dry-run=server']);

  it('are refused for what their node would refuse, with the place and what to write, and not for networks that come later', async () => {
    const wrong = await refusal({ [networks]: '[{"name":"a","ips":["10.0.0.300"]}]' });
    expect(wrong).toMatchObject({ status: 1 });
    expect(wrong.stderr).toContain(
      `admission webhook "pods.weft.dev" denied the request: metadata.annotations["${networks}"][0].ips[0]: ips[0] is "10.0.0.300"; write an address, with or without prefix`,
    );
    const mistyped = await refusal({ [networks]: '[{"name":"a","ip":"10.0.0.3"}]' });
    expect(mistyped.status).toBe(0);
    expect(mistyped.stderr).toContain('[0].ip: the key "ip" is unknown; write "ips"');
    const early = await refusal({ [networks]: 'not-there-yet' });
    expect(early.status).toBe(0);
    expect(early.stderr).toContain(`Warning: network ${namespace}/not-there-yet does not exist yet`);
  });

  it('are told at once of what their networks do not give them as they are now', async () => {
    await room.kubectl.must(['create', '-n', namespace, '-f', '-'], JSON.stringify(nad('plain', bridge)));
    const asked = { [networks]: '[{"name":"plain","ips":["10.0.0.3/24"]}]' };
    let { status, stderr } = await refusal(asked);
    for (let tried = 0; stderr.includes('does not exist yet') && tried < 100; tried += 1) {
      await sleep(20);
      ({ status, stderr } = await refusal(asked));
    }
    expect(status).toBe(0);
    expect(stderr).toBe(
      `Warning: network ${namespace}/plain, check the capabilities: [0] asks for ips, but no plugin of the network declares capability "ips"; declare the capability in the network's configuration or drop the request; until then the pod does not start\n`,
    );
  });

  it('may not use what isolation keeps from them [NPWG-232]', async () => {
    const isolation = { enabled: true, globalNamespaces: [] };
    room.config = { ...defaultWeftConfig(), isolation };
    try {
      const { stderr } = await refusal({ [networks]: 'elsewhere/secret' });
      expect(stderr).toContain(`a pod of namespace ${namespace} may not use networks of namespace elsewhere`);
    } finally {
      room.config = defaultWeftConfig();
    }
    expect((await refusal({ [networks]: 'elsewhere/secret' })).status).toBe(0);
  });

  it('in the host’s network are warned that their request has no effect [NPWG-335]', async () => {
    const end = await refusal({ [networks]: 'a' }, { hostNetwork: true });
    expect(end).toMatchObject({
      status: 0,
      stderr: `Warning: the pod is in the host's network, so the annotation ${networks} has no effect\n`,
    });
  });

  it('that ask for nothing, or do not change what they ask for, never reach the webhook', async () => {
    const before = await replica.reviews('/pods');
    await room.admin.writer.create(pods, namespace, pod('silent', { other: 'x' }));
    await room.admin.writer.create(pods, namespace, pod('asking', { [networks]: 'early' }));
    expect(await replica.reviews('/pods')).toBe(before + 1);
    const annotate = (...annotations: readonly string[]): Promise<string> =>
      room.kubectl.must(['annotate', 'pod', 'asking', '-n', namespace, '--overwrite', ...annotations]);
    await annotate('other=x');
    expect(await replica.reviews('/pods')).toBe(before + 1);
    await annotate(`${networks}=later`);
    expect(await replica.reviews('/pods')).toBe(before + 2);
    await replica.stop();
    try {
      expect((await refusal({ other: 'x' })).status).toBe(0);
      expect((await refusal({ [networks]: 'Net_A' })).status).toBe(0);
      const end = await create(nad('unchecked', bridge));
      expect(end.stderr).toContain('failed calling webhook "networks.weft.dev"');
    } finally {
      replica = await Replica.start(room, 0, steady);
    }
  });
});
