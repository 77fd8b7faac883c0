import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RawNetworkAttachmentDefinition } from '../../src/api/network-attachment-definition.schema.ts';
import { collectionPath, type Resource } from '../../src/kube/resource.ts';
import { checkNetwork } from '../../src/netconf/check-network.ts';
import { hasErrors } from '../../src/netconf/finding.ts';
import { parseDefaultNetworkAnnotation } from '../../src/selection/default-network-annotation.ts';
import { parseNetworksAnnotation } from '../../src/selection/networks-annotation.ts';
import { sleep } from '../harness/run.ts';
import { AdmissionRoom, bridge, nad, nads, pod } from './admission-room.ts';
import { pods } from './bodies.ts';
import { adminServer } from './shared-server.ts';

/** The policies of config/operator, with the webhook away, against our own parser: both get the same cases. */

const networks = 'k8s.v1.cni.cncf.io/networks';
const first = 'v1.multus-cni.io/default-network';
const namespace = 'admission-policies';

let room: AdmissionRoom;

beforeAll(async () => {
  room = await AdmissionRoom.open(inject(adminServer));
  await room.admin.namespace(namespace);
  await room.apply(/^ValidatingAdmissionPolicy(Binding)?$/);
  const probes = [() => askPod({ [networks]: 'A' }), () => ask(nads, nad('probe', '[]'))];
  for (const probe of probes) {
    for (let tried = 0; (await probe()) === undefined; tried += 1) {
      if (tried > 300) throw new Error('the policies do not work');
      await sleep(100);
    }
  }
});
afterAll(() => room?.close());

/** The message of the policy that refuses the object; undefined if none does. */
async function ask(resource: Resource, object: object, where = namespace): Promise<string | undefined> {
  const { status, text } = await room.admin.transport.request({
    method: 'POST',
    path: collectionPath(resource, where, { dryRun: 'All' }),
    body: { type: 'application/json', text: JSON.stringify(object) },
    signal: AbortSignal.timeout(20_000),
  });
  if (status === 201) return undefined;
  const { message = text } = JSON.parse(text) as { readonly message?: string };
  if (!message.includes('ValidatingAdmissionPolicy')) throw new Error(message);
  return message;
}

function askPod(
  annotations: Readonly<Record<string, string>>,
  spec: object = {},
): Promise<string | undefined> {
  return ask(pods, pod('pod', annotations, spec));
}

/** Some at a time. */
async function each<T>(cases: readonly T[], check: (one: T) => Promise<void>): Promise<void> {
  const left = [...cases];
  const worker = async (): Promise<void> => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await check(one);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

function parserTakes(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

const handwritten = [
  ...[
    'net-a',
    'ns1/net-a',
    'ns1/net-a@eth1',
    ' a , b/c @ x.10 ',
    'a,\n\tb',
    'a@!"#',
    'a@e;~',
    'a@123456789012345',
  ],
  ...[
    'a@1234567890123456',
    'a@',
    '@a',
    'a@b@c',
    'a@b/c',
    'a@b:c',
    'a@.',
    'a@..',
    'a@...',
    'a@ .',
    'a@b c',
    'a b',
  ],
  ...[
    '',
    ' ',
    ',',
    'a,',
    ',a',
    'a,,b',
    'A',
    'Net_A',
    'a.b',
    'ns.1/a',
    '/a',
    'a/',
    'a/b/c',
    '-a',
    'a-',
    'a/-b',
  ],
  ...[
    `${'n'.repeat(63)}/a`,
    `${'n'.repeat(64)}/a`,
    'a'.repeat(253),
    'a'.repeat(254),
    'a\vb',
    'a\v',
    '\fa',
    'a@\u0001',
  ],
  ...['a@é', 'a\u00a0', '\ufeffa', 'a\u0085', 'ä', 'a'.repeat(9000), `${'a,'.repeat(5000)}A`],
  ...[
    '[]',
    ' [ ] ',
    '[{"name":"a"}]',
    '[{"nam":"a"}]',
    '[{"n\\u0061me":"a"}]',
    '{"name":"a"}',
    '"a"',
    'a[0]',
    '[{}]',
  ],
  ...[
    '[null]',
    '[[]]',
    '[{"name":"a"}',
    '\ufeff[]',
    '[]x',
    '[{"name":"A_"}]',
    '{',
    '[{"namespace":"name"}]',
    '[\u00a0]',
  ],
];

/** Texts that are nearly right, so that both verdicts come often. */
function generated(): readonly string[] {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,3}[a-z0-9])?$/) },
    { weight: 1, arbitrary: fc.constantFrom('', '-', 'a-', 'A', 'a.b', '.', '..', 'a_b', 'ä', 'x:y', ' ') },
  );
  const space = fc.constantFrom('', '', '', '', ' ', '\n', '\t ', '\v', '\r');
  const spaced = fc.tuple(space, part, space).map((parts) => parts.join(''));
  const item = fc
    .tuple(fc.option(spaced, { nil: undefined }), spaced, fc.option(spaced, { nil: undefined }))
    .map(
      ([ns, name, ifname]) =>
        `${ns === undefined ? '' : `${ns}/`}${name}${ifname === undefined ? '' : `@${ifname}`}`,
    );
  const texts = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
  return fc.sample(texts, process.env['WEFT_LONG'] === '1' ? 2000 : 150);
}

/** What the policy decides completely: see pod-policy.yaml. */
function isForPolicy(text: string): boolean {
  return !/[[{"]/.test(text) && /^[\x00-\x7f]*$/.test(text) && text.length <= 8192;
}

describe('the policy on pods', () => {
  it('takes and refuses in the short form what our parser does, and nothing else in the JSON form', async () => {
    const verdicts = { taken: 0, refused: 0 };
    await each([...handwritten, ...generated()], async (text) => {
      const taken = parserTakes(() => parseNetworksAnnotation(text, namespace));
      const refusal = await askPod({ [networks]: text });
      const shown = JSON.stringify(text.slice(0, 80));
      if (isForPolicy(text)) expect([shown, refusal === undefined]).toEqual([shown, taken]);
      else if (refusal !== undefined) expect([shown, taken]).toEqual([shown, false]);
      verdicts[refusal === undefined ? 'taken' : 'refused'] += 1;
    });
    expect(verdicts.taken).toBeGreaterThan(50);
    expect(verdicts.refused).toBeGreaterThan(50);
  });

  it('does the same for the annotation of the default network', async () => {
    await each([...handwritten, ...generated()], async (text) => {
      const taken = parserTakes(() => parseDefaultNetworkAnnotation(text, 'kube-system'));
      const refusal = await askPod({ [first]: text });
      const shown = JSON.stringify(text.slice(0, 80));
      if (isForPolicy(text)) expect([shown, refusal === undefined]).toEqual([shown, taken]);
      else if (refusal !== undefined) expect([shown, taken]).toEqual([shown, false]);
    });
  });

  it.each([
    ['a, Net_A', '"Net_A" is not [namespace/]name[@interface], names in lower case'],
    ['{"name":"a"}', 'the JSON form is a list in brackets'],
    ['[{"nam":"a"}]', 'the key "name" is missing'],
  ])('says of %s what to write instead', async (text, message) => {
    expect(await askPod({ [networks]: text })).toContain(`annotation ${networks}: `);
    expect(await askPod({ [networks]: text })).toContain(message);
  });

  it('leaves alone who is not read by weft: the host’s network, mirror pods, kube-system', async () => {
    expect(await askPod({ [networks]: 'A' }, { hostNetwork: true })).toBeUndefined();
    expect(await ask(pods, pod('pod', { [networks]: 'A' }), 'kube-system')).toBeUndefined();
  });
});

describe('the policy on networks', () => {
  it('refuses only what our own checks refuse', async () => {
    const taken = [
      '',
      bridge,
      ` \n${bridge} `,
      '{"plugins":[{"type":"a"}],"name":"x"}',
      '{"t\\u0079pe":"bridge"}',
    ];
    const refused = [
      '{"plugins":[{}]}',
      '[]',
      '{"cniVersion":"1.0.0"}',
      'type: bridge',
      ' ',
      '"type"',
      '{"type": "a"',
    ];
    await each([...taken, ...refused], async (config) => {
      const raw = nad('a', config) as unknown as RawNetworkAttachmentDefinition;
      const shown = JSON.stringify(config);
      expect([shown, hasErrors(checkNetwork(raw).findings)]).toEqual([shown, refused.includes(config)]);
      expect([shown, (await ask(nads, raw)) !== undefined]).toEqual([shown, refused.includes(config)]);
    });
    expect(await ask(nads, nad('none', undefined))).toBeUndefined();
    expect(await ask(nads, nad('broken', '[]'), 'kube-system')).toBeUndefined();
  });
});
