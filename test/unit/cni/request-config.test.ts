import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestConfig } from '../../../src/cni/request-config.ts';
import { appendMember, getMember, members } from '../../../src/cni/splice.ts';
import { spacedJson, spacedObject } from './json-text.ts';

const ours = ['name', 'cniVersion', 'capabilities', 'runtimeConfig', 'prevResult', 'args'];

function plugin(extra: string, capabilities: readonly string[] = []) {
  return { type: 'a', text: extra, capabilities };
}

describe('requestConfig', () => {
  it('[CNI-226] leaves args as they are where nobody asks for others', () => {
    fc.assert(
      fc.property(spacedObject, (args) => {
        const text = `{"type":"a", "args" : ${args},"unknown":1e3 }`;
        const out = requestConfig(plugin(text), { name: 'net', cniVersion: '1.0.0' });
        expect(getMember(out, 'args')).toBe(args.trim());
        expect(out.startsWith(text.slice(0, -1).trimEnd())).toBe(true);
      }),
    );
  });

  it('[CNI-226] leaves the text of every key that is not ours as it is', () => {
    fc.assert(
      fc.property(spacedObject, spacedJson, (text, prevResult) => {
        const out = requestConfig(plugin(text, ['mac']), {
          name: 'net',
          cniVersion: '1.0.0',
          runtimeConfig: new Map([['mac', '"aa"']]),
          prevResult,
        });
        const rest = (source: string) => members(source).filter(({ key }) => !ours.includes(key));
        expect(rest(out)).toEqual(rest(text));
        expect(getMember(out, 'name')).toBe('"net"');
        expect(getMember(out, 'cniVersion')).toBe('"1.0.0"');
        expect(getMember(out, 'runtimeConfig')).toBe('{"mac":"aa"}');
        expect(getMember(out, 'prevResult')).toBe(prevResult.trim());
      }),
    );
  });

  it('[CNI-223] sends the capabilities that are declared and given, in the order given', () => {
    const all = ['mac', 'ips', 'bandwidth', 'portMappings', 'x"y'];
    fc.assert(
      fc.property(fc.subarray(all), fc.shuffledSubarray(all), (declared, given) => {
        const runtimeConfig = new Map(given.map((key, index) => [key, `{"n":${index}}`]));
        const out = requestConfig(plugin('{}', declared), { name: 'n', cniVersion: '1.0.0', runtimeConfig });
        const sent = given.filter((key) => declared.includes(key));
        const text = getMember(out, 'runtimeConfig');
        expect(text === undefined ? [] : members(text).map(({ key }) => key)).toEqual(sent);
        expect(text === undefined).toBe(sent.length === 0);
      }),
    );
  });

  it('[NPWG-080] merges cni-args over args.cni like one object over the other', () => {
    const flat = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 1 }));
    fc.assert(
      fc.property(flat, flat, fc.boolean(), (stored, wanted, indented) => {
        const text = JSON.stringify({ type: 'a', args: { other: 1, cni: stored } }, null, indented ? 2 : 0);
        const cniArgs = JSON.stringify(wanted);
        const out = requestConfig(plugin(text), { name: 'n', cniVersion: '1.0.0', cniArgs });
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(out).args).toEqual(plain({ other: 1, cni: { ...stored, ...wanted } }));
      }),
    );
  });
});

describe('appendMember to what requestConfig made', () => {
  it('[CNI-221] changes nothing but prevResult', () => {
    fc.assert(
      fc.property(spacedObject, spacedJson, (text, result) => {
        const made = requestConfig(plugin(text), { name: 'net', cniVersion: '1.0.0' });
        const out = appendMember(made, 'prevResult', result);
        expect(getMember(out, 'prevResult')).toBe(result.trim());
        expect(members(out).slice(0, -1)).toEqual(members(made));
      }),
    );
  });
});
