import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotationsKey, knownArgs, parseArgs, podOf, refuseUnknownArgs } from '../../../src/cni/args.ts';
import { caught } from './caught.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_./: -]{1,8}$/);
const pair = fc
  .tuple(word, fc.stringMatching(/^[A-Za-z0-9=_./ -]{0,8}$/))
  .filter(([key]) => key !== annotationsKey);
const annotations = fc.dictionary(
  fc.string(),
  fc.oneof(fc.string(), fc.constantFrom(';', '=', '};', '";K8S_ANNOT={', '\\')),
);

/** The message, behind its reason and code. */
function refusal(run: () => unknown): string {
  const { reason, code, message } = caught(run);
  return `${reason} ${code}: ${message}`;
}

describe('parseArgs', () => {
  it('reads back what was joined, the last of repeated keys', () => {
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const text = pairs.map(([key, value]) => `${key}=${value}`).join(';');
        expect(parseArgs(text)).toEqual(new Map(pairs));
      }),
    );
  });

  it('carries annotations with any text in them, wherever K8S_ANNOT stands', () => {
    fc.assert(
      fc.property(
        annotations,
        fc.array(pair),
        fc.array(pair),
        fc.boolean(),
        (map, before, after, indented) => {
          const json = JSON.stringify(map, null, indented ? 2 : 0);
          const text = [...before, [annotationsKey, json] as const, ...after]
            .map((entry) => entry.join('='))
            .join(';');
          const args = parseArgs(text);
          expect(args.get(annotationsKey)).toBe(json);
          expect(args).toEqual(new Map([...before, [annotationsKey, json], ...after]));
        },
      ),
    );
  });

  it('quotes the piece that is no pair, and not more of the text', () => {
    expect(() => parseArgs(`A=1;${'b'.repeat(200)};C=secret`)).toThrow(
      /CNI_ARGS has "b{40}" where KEY=value must stand/,
    );
    expect(() => parseArgs('A=1;B;C=secret')).toThrow(/^(?!.*secret)/);
  });

  it.each([
    ['=x', 'CNI_ARGS has "=x" where KEY=value must stand'],
    ['A=1;;B=2', 'CNI_ARGS has "" where KEY=value must stand'],
    ['A=1;', 'CNI_ARGS ends in ";"'],
    ['K8S_ANNOT={};', 'CNI_ARGS ends in ";"'],
    ['K8S_ANNOT={}x', 'K8S_ANNOT in CNI_ARGS goes on behind its JSON object'],
    ['K8S_ANNOT={} ,A=1', 'K8S_ANNOT in CNI_ARGS goes on behind its JSON object'],
    ['A=1;K8S_ANNOT={"a":";"', 'K8S_ANNOT in CNI_ARGS ends inside its JSON object'],
  ])('refuses %j: %s', (text, words) => {
    expect(refusal(() => parseArgs(text))).toMatch(/^InvalidEnvironment 4: /);
    expect(refusal(() => parseArgs(text))).toContain(words);
  });

  it.each([
    ['', {}],
    ['K8S_ANNOT=', { K8S_ANNOT: '' }],
    ['K8S_ANNOT=[1;B=2', { K8S_ANNOT: '[1', B: '2' }],
    ['XK8S_ANNOT={"a;b=c', { XK8S_ANNOT: '{"a', b: 'c' }],
    ['K8S_ANNOT={"a":1} ;B=2', { K8S_ANNOT: '{"a":1} ', B: '2' }],
    ['K8S_ANNOT={"a":1} \t', { K8S_ANNOT: '{"a":1} \t' }],
  ])('takes only an object of K8S_ANNOT for more than text: %j', (text, pairs) => {
    expect(Object.fromEntries(parseArgs(text))).toEqual(pairs);
  });
});

describe('podOf', () => {
  const named = [
    ['K8S_POD_NAMESPACE', 'shop'],
    ['K8S_POD_NAME', 'web-0'],
  ] as const;

  it('has a UID only where the runtime gives one', () => {
    const pod = { namespace: 'shop', name: 'web-0' };
    expect(podOf(new Map([...named, ['K8S_POD_UID', 'u1']]))).toStrictEqual({ ...pod, uid: 'u1' });
    expect(podOf(new Map([...named, ['K8S_POD_UID', '']]))).toStrictEqual({ ...pod, uid: undefined });
    expect(podOf(new Map(named))).toStrictEqual({ ...pod, uid: undefined });
    expect(podOf(new Map([...named, ['K8S_POD_INFRA_CONTAINER_ID', 'c1']]))).toStrictEqual({
      ...pod,
      uid: undefined,
      infraContainerId: 'c1',
    });
  });

  it.each([0, 1])('is nobody where one of the two names is absent or empty', (place) => {
    const [key] = named[place] ?? named[0];
    expect(podOf(new Map(named.filter(([other]) => other !== key)))).toBeUndefined();
    expect(podOf(new Map([...named, [key, '']]))).toBeUndefined();
  });
});

describe('refuseUnknownArgs', () => {
  const refuse = (text: string): void => refuseUnknownArgs(parseArgs(text), knownArgs);

  it('takes the keys of a kubelet and of addresses', () => {
    const keys =
      'K8S_POD_NAMESPACE K8S_POD_NAME K8S_POD_INFRA_CONTAINER_ID K8S_POD_UID K8S_ANNOT IP MAC GATEWAY';
    expect(knownArgs).toEqual(keys.split(' '));
    refuse(knownArgs.map((key) => `${key}=1`).join(';'));
  });

  it.each(['1', 'true', 'TRUE', 'True'])('takes any key beside IgnoreUnknown=%s', (word) => {
    refuse(`FOO=1;IgnoreUnknown=${word}`);
  });

  it.each(['0', 'false', 'FALSE'])('refuses others beside IgnoreUnknown=%s', (word) => {
    refuse(`IgnoreUnknown=${word};IP=10.0.0.1`);
    const words = 'InvalidEnvironment 4: CNI_ARGS has the unknown key "FOO" and no IgnoreUnknown=1';
    expect(refusal(() => refuse(`IgnoreUnknown=${word};FOO=1`))).toContain(words);
  });

  it('names the first unknown key, and not more of it than fits', () => {
    expect(refusal(() => refuse(`IP=1;${'x'.repeat(60)}=1;BAR=1`))).toContain(`key "${'x'.repeat(40)}" and`);
  });

  it.each(['2', '', 'yes', 't'])('says what IgnoreUnknown=%s may be', (word) => {
    expect(refusal(() => refuse(`IgnoreUnknown=${word};IP=1`))).toContain(
      `IgnoreUnknown in CNI_ARGS is "${word}", not 1, true, 0 or false`,
    );
  });

  it('quotes no more of IgnoreUnknown than fits', () => {
    expect(refusal(() => refuse(`IgnoreUnknown=${'y'.repeat(60)}`))).toContain(`is "${'y'.repeat(40)}", not`);
  });
});
