import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawObject } from '../../src/kube/raw-object.ts';
import { collectionPath, type Resource } from '../../src/kube/resource.ts';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { Admin } from './shared-server.ts';

const crdName = 'network-attachment-definitions.k8s.cni.cncf.io';
const nads: Resource = { group: 'k8s.cni.cncf.io', version: 'v1', plural: 'network-attachment-definitions' };
const namespace = 'crd';
const bridge = '{"cniVersion":"1.0.0","type":"bridge"}';
const time = '2026-01-02T03:04:05Z';

/** Not the shared one: a CRD belongs to the whole server. */
let server: ApiServer;
let admin: Admin;
let kubectl: Kubectl;

beforeAll(async () => {
  server = await ApiServer.start();
  admin = new Admin(server.admin());
  kubectl = await Kubectl.open(server);
  await admin.namespace(namespace);
  await kubectl.must(['create', '-k', 'config/crd']);
  await kubectl.must(['wait', '--for=condition=Established', `crd/${crdName}`, '--timeout=30s']);
});
afterAll(async () => {
  kubectl?.close();
  admin?.close();
  await server?.stop();
});

function nad(name: string, rest: object = {}): Nad {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name },
    ...rest,
  };
}

interface Nad {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Standard error of `kubectl create`, which checks strictly; undefined if it succeeds. */
async function refusal(object: object): Promise<string | undefined> {
  const end = await kubectl.run(['create', '--namespace', namespace, '-f', '-'], JSON.stringify(object));
  return end.status === 0 ? undefined : end.stderr;
}

function read(name: string): Promise<RawObject> {
  return admin.writer.get(nads, { namespace, name });
}

function condition(type: string, status: string, rest: object = {}): object {
  return { type, status, lastTransitionTime: time, reason: 'Because', message: '', ...rest };
}

function patchStatus(name: string, status: object): Promise<RawObject> {
  const body = { status };
  return admin.writer.patch(nads, { namespace, name }, { kind: 'merge', subresource: 'status', body });
}

describe('config/crd on a real API server', () => {
  it('is established under all names that NPWG and Multus gave it, without a complaint, and says that it is ours [NPWG-002] [NPWG-003]', async () => {
    const crd = JSON.parse(await kubectl.must(['get', 'crd', crdName, '-o', 'json'])) as {
      metadata: { labels: object };
      spec: { group: string; scope: string; versions: { name: string }[] };
      status: { acceptedNames: object; conditions: { type: string; status: string }[] };
    };
    expect(crd.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'weft' });
    expect(crd.spec).toMatchObject({ group: 'k8s.cni.cncf.io', scope: 'Namespaced' });
    expect(crd.spec.versions).toMatchObject([{ name: 'v1', served: true, storage: true }]);
    expect(crd.status.acceptedNames).toEqual({
      kind: 'NetworkAttachmentDefinition',
      listKind: 'NetworkAttachmentDefinitionList',
      plural: 'network-attachment-definitions',
      singular: 'network-attachment-definition',
      shortNames: ['net-attach-def', 'nad'],
    });
    // Above all no NonStructuralSchema.
    expect(crd.status.conditions.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'Established True',
      'NamesAccepted True',
    ]);
    await admin.writer.create(nads, namespace, nad('by-any-name'));
    for (const name of ['net-attach-def', 'nad', nads.plural, 'network-attachment-definition', crdName]) {
      const found = await kubectl.must(['get', name, 'by-any-name', '-n', namespace, '-o', 'name']);
      expect(found.trim()).toBe('networkattachmentdefinition.k8s.cni.cncf.io/by-any-name');
    }
  });

  it.each([
    ['metadata only [NPWG-005]', 'only-metadata', {}],
    ['an empty spec [NPWG-005]', 'empty-spec', { spec: {} }],
    ['an empty config', 'empty-config', { spec: { config: '' } }],
    ['a single configuration', 'single', { spec: { config: bridge } }],
    [
      'a list',
      'list',
      { spec: { config: `{\n  "cniVersion": "1.0.0",\n  "plugins": [${bridge}, {"type":"tuning"}]\n}\n` } },
    ],
    ['a minimal configuration', 'minimal', { spec: { config: '{"type":"thick"}' } }],
    ['a large number in its text', 'number', { spec: { config: '{"type":"a","n":9007199254740993}' } }],
    ['text that is no JSON', 'no-json', { spec: { config: '{"type": ' } }],
    ['a dotted name', 'a.b', { spec: { config: bridge } }],
  ])('takes %s and gives it back as it was', async (_, name, rest) => {
    expect(await refusal(nad(name, rest))).toBeUndefined();
    const { apiVersion, kind, metadata, ...kept } = await read(name);
    expect(kept).toEqual(rest);
  });

  it('takes labels and the annotation that names a device resource', async () => {
    const annotations = { 'k8s.v1.cni.cncf.io/resourceName': 'example.dev/vf' };
    const metadata = { name: 'annotated', labels: { a: 'b' }, annotations };
    expect(await refusal({ ...nad('annotated'), metadata })).toBeUndefined();
    expect((await read('annotated')).metadata).toMatchObject({ labels: { a: 'b' }, annotations });
  });

  it.each([
    ['the status of the client library of NPWG', { state: 'ready', observation: 'seen' }],
    ['a status that would not be a valid one of ours', { type: 5, conditions: 'none' }],
  ])('takes a NAD that somebody else has exported with %s, and forgets that', async (_, status) => {
    const name = `exported-${Object.keys(status)[0]}`;
    expect(await refusal(nad(name, { spec: { config: bridge }, status }))).toBeUndefined();
    expect(await read(name)).not.toHaveProperty('status');
  });

  it('takes a config that is null as one that is absent', async () => {
    const spec = { config: null };
    await admin.writer.create(nads, namespace, nad('null', { spec }));
    expect((await read('null'))['spec']).toEqual({});
    expect(await refusal(nad('null-strictly', { spec }))).toBeUndefined();
    expect((await read('null-strictly'))['spec']).toEqual({});
  });

  it.each([
    ['a number as config', { spec: { config: 5 } }, 'spec.config', 'spec.config: Invalid value: "integer"'],
    [
      'an object as config',
      { spec: { config: { type: 'a' } } },
      'spec.config',
      'spec.config: Invalid value: "object"',
    ],
    [
      'a list as config',
      { spec: { config: [bridge] } },
      'spec.config',
      'spec.config: Invalid value: "array"',
    ],
    ['a text as spec', { spec: bridge }, 'spec', 'spec: Invalid value: "string"'],
  ])('refuses %s and names the field', async (_, rest, field, message) => {
    await expect(admin.writer.create(nads, namespace, nad('wrong', rest))).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
    expect(await refusal(nad('wrong', rest))).toContain(field);
    await expect(read('wrong')).rejects.toMatchObject({ reason: 'ApiNotFound' });
  });

  it('refuses unknown fields where it is to check strictly, and else drops them', async () => {
    const object = nad('unknown', { spec: { config: bridge, confg: 'x' }, more: true });
    const message = await refusal(object);
    expect(message).toContain('unknown field "spec.confg"');
    expect(message).toContain('unknown field "more"');
    await admin.writer.create(nads, namespace, object);
    const { spec, ...rest } = await read('unknown');
    expect(spec).toEqual({ config: bridge });
    expect(rest).not.toHaveProperty('more');
  });

  it('tells what a field is for', async () => {
    const text = await kubectl.must(['explain', 'net-attach-def.spec.config']);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('A CNI configuration, or a list of them, as JSON text.');
  });
});

describe('the status of a NAD on a real API server', () => {
  it('is written by its own subresource only, which changes nothing else', async () => {
    const made = await admin.writer.create(nads, namespace, nad('status', { spec: { config: bridge } }));
    const status = {
      observedGeneration: 1,
      type: 'bridge',
      configHash: 'ab'.repeat(32),
      conditions: [condition('Valid', 'True', { observedGeneration: 1 }), condition('InUse', 'False')],
    };
    const body = { spec: { config: 'changed' }, metadata: { labels: { a: 'b' } }, status };
    const ref = { namespace, name: 'status' };
    await admin.writer.patch(nads, ref, { kind: 'merge', subresource: 'status', body });
    const written = await read('status');
    expect(written).toMatchObject({ spec: { config: bridge }, status });
    expect(written.metadata).not.toHaveProperty('labels');
    expect(written.metadata['generation']).toBe(made.metadata['generation']);

    const change = { spec: { config: '{}' }, status: { type: 'other' } };
    await admin.writer.patch(nads, ref, { kind: 'merge', body: change });
    const changed = await read('status');
    expect(changed).toMatchObject({ spec: { config: '{}' }, status });
    expect(changed.metadata['generation']).toBe(2);
  });

  it('has one condition of each type, each with its own writer', async () => {
    await admin.writer.create(nads, namespace, nad('writers'));
    const path = `${collectionPath(nads, namespace)}/writers/status`;
    const apply = (manager: string, ...conditions: object[]): Promise<string> =>
      kubectl.must(
        [
          'apply',
          '--server-side',
          '--subresource=status',
          `--field-manager=${manager}`,
          '-n',
          namespace,
          '-f',
          '-',
        ],
        JSON.stringify(nad('writers', { status: { conditions } })),
      );
    await apply('one', condition('Valid', 'True'));
    await apply('other', condition('Available', 'False'));
    await apply('one', condition('Valid', 'False'));
    const found = JSON.parse(await kubectl.must(['get', '--raw', path])) as {
      status: { conditions: { type: string; status: string }[] };
    };
    expect(found.status.conditions.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'Available False',
      'Valid False',
    ]);
    await expect(
      patchStatus('writers', { conditions: [condition('Valid', 'True'), condition('Valid', 'False')] }),
    ).rejects.toMatchObject({ message: expect.stringContaining('status.conditions[1]: Duplicate value') });
  });

  it.each([
    ['status', condition('Valid', 'Yes'), 'status.conditions[0].status: Unsupported value: "Yes"'],
    ['reason', condition('Valid', 'True', { reason: 'two words' }), 'status.conditions[0].reason: Invalid'],
    ['type', condition('a b', 'True'), 'status.conditions[0].type: Invalid'],
    [
      'time',
      condition('Valid', 'True', { lastTransitionTime: 'now' }),
      'status.conditions[0].lastTransitionTime: Invalid',
    ],
    [
      'message',
      { ...condition('Valid', 'True'), message: undefined },
      'status.conditions[0].message: Required',
    ],
  ])('has no condition with a wrong %s', async (field, wrong, message) => {
    const name = `wrong-${field}`;
    await admin.writer.create(nads, namespace, nad(name));
    await expect(patchStatus(name, { conditions: [wrong] })).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
  });

  it('keeps what other products write there', async () => {
    await admin.writer.create(nads, namespace, nad('foreign'));
    await patchStatus('foreign', { state: 'ready', observation: 'seen' });
    await patchStatus('foreign', { type: 'bridge' });
    expect((await read('foreign'))['status']).toEqual({
      state: 'ready',
      observation: 'seen',
      type: 'bridge',
    });
  });

  it('is shown by kubectl get, from the table that the server makes', async () => {
    await admin.namespace('columns');
    for (const name of ['judged', 'new']) await admin.writer.create(nads, 'columns', nad(name));
    const conditions = [
      condition('Valid', 'True'),
      condition('Available', 'False'),
      condition('InUse', 'Unknown'),
    ];
    await admin.writer.patch(
      nads,
      { namespace: 'columns', name: 'judged' },
      {
        kind: 'merge',
        subresource: 'status',
        body: { status: { type: 'macvlan', nodes: '0/3', conditions } },
      },
    );
    const table = await tableOf(collectionPath(nads, 'columns'));
    expect(table.columnDefinitions.map(({ name }) => name)).toEqual([
      'Name',
      'Type',
      'Valid',
      'Nodes',
      'In use',
      'Age',
      'Reason',
      'Message',
      'Nodes message',
    ]);
    const age = expect.stringMatching(/^\d+s$/);
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['judged', 'macvlan', 'True', '0/3', 'Unknown', age, 'Because', '', ''],
      ['new', null, null, null, null, age, null, null, null],
    ]);
    const [head, judged] = (await kubectl.must(['get', 'net-attach-def', '-n', 'columns'])).split('\n');
    expect(head?.split(/ {2,}/)).toEqual(['NAME', 'TYPE', 'VALID', 'NODES', 'IN USE', 'AGE']);
    const [wide] = (await kubectl.must(['get', 'net-attach-def', '-n', 'columns', '-o', 'wide'])).split('\n');
    expect(wide?.split(/ {2,}/).slice(6)).toEqual(['REASON', 'MESSAGE', 'NODES MESSAGE']);
    expect(judged?.split(/ {2,}/)).toEqual([
      'judged',
      'macvlan',
      'True',
      '0/3',
      'Unknown',
      expect.stringMatching(/^\d+s$/),
    ]);
  });
});

describe('config/crd where another product has brought the CRD', () => {
  it('refuses to be created and leaves that CRD and its networks as they are [NPWG-004]', async () => {
    await kubectl.must(['delete', 'crd', crdName, '--timeout=60s']);
    await kubectl.must(['create', '-f', '-'], JSON.stringify(foreignCrd));
    await kubectl.must(['wait', '--for=condition=Established', `crd/${crdName}`, '--timeout=30s']);
    const object = nad('theirs', { spec: { config: bridge } });
    await kubectl.must(['create', '-n', namespace, '-f', '-'], JSON.stringify(object));
    const before = await kubectl.must(['get', 'crd', crdName, '-o', 'json']);

    const end = await kubectl.run(['create', '-k', 'config/crd']);
    expect(end.status).toBe(1);
    expect(end.stderr).toContain(`"${crdName}" already exists`);
    expect(await kubectl.must(['get', 'crd', crdName, '-o', 'json'])).toBe(before);
    expect(await read('theirs')).toMatchObject({ spec: { config: bridge } });
  });
});

/** The least that NPWG asks for, as others install it. */
const foreignCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: crdName },
  spec: {
    group: nads.group,
    scope: 'Namespaced',
    names: { kind: 'NetworkAttachmentDefinition', plural: nads.plural, shortNames: ['net-attach-def'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { config: { type: 'string' } } } },
          },
        },
      },
    ],
  },
};

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** A list as the server prints it for people. */
function tableOf(path: string): Promise<Table> {
  const file = (name: string): string => readFileSync(join(server.pki, name), 'utf8');
  return new Promise((resolve, reject) => {
    const call = request(
      `${server.url}${path}`,
      {
        ca: file('ca.crt'),
        cert: file('admin.crt'),
        key: file('admin.key'),
        headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
        agent: false,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(JSON.parse(text) as Table)).on('error', reject);
      },
    );
    call.on('error', reject).end();
  });
}
