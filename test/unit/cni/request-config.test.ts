import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, requestConfig, withRuntimeConfig } from '../../../src/cni/request-config.ts';
import { appendMember, getMember, members } from '../../../src/cni/splice.ts';
import { caught } from './caught.ts';
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

describe('requestConfig with a device', () => {
  const options = { name: 'n', cniVersion: '1.0.0' };

  it('sets both keys, in place of every spelling that a plugin would take for them', () => {
    const text = '{"type":"a","DeviceID":"forged","pcibusid":"forged","device":"kept","pciBusID":"forged"}';
    const out = JSON.parse(requestConfig(plugin(text), { ...options, deviceId: '0000:03:02.1' }));
    const ids = { deviceID: '0000:03:02.1', pciBusID: '0000:03:02.1' };
    expect(out).toEqual({ type: 'a', device: 'kept', ...options, ...ids });
  });

  it('leaves the author’s own where the kubelet gave none', () => {
    const text = '{"type":"a","deviceID":"0000:03:02.1","Capabilities":{},"cni.dev/x":1,"PREVRESULT":{}}';
    expect(JSON.parse(requestConfig(plugin(text), options))).toEqual({
      type: 'a',
      deviceID: '0000:03:02.1',
      ...options,
    });
  });

  it('takes the reserved keys away from beside it', () => {
    const text = '{"type":"a","prevRe\u017fult":1,"NAME":"x","runtimeConfig":{},"re\u017ft":1}';
    const out = JSON.parse(requestConfig(plugin(text), { ...options, deviceId: 'd' }));
    const ours = ['name', 'cniVersion', 'deviceID', 'pciBusID'];
    expect(Object.keys(out)).toEqual(['type', 're\u017ft', ...ours]);
  });
});

describe('folded', () => {
  it.each([
    ['PrevResult', 'prevresult'],
    ['prevRe\u017fult', 'prevresult'],
    ['\u212aey\u212a', 'keyk'],
    ['\u017f\u017f', 'ss'],
  ])('takes %s for %s, as encoding/json does', (key, name) => {
    expect(folded(key)).toBe(name);
  });
});

describe('cni-args', () => {
  const options = { name: 'n', cniVersion: '1.0.0', cniArgs: '{"a":1}' };

  it.each([
    ['{"args":5}', 'args must be an object for cni-args to go into'],
    ['{"args":{"cni":[]}}', 'args.cni must be an object for cni-args to go into'],
  ])('have no place in %s', (text, words) => {
    const { reason, message } = caught(() => requestConfig(plugin(text), options));
    expect(reason).toBe('NetworkInvalid');
    expect(message).toContain(words);
  });

  it.each(['{}', '{"args":null}', '{"args":{"cni":null}}'])('make their place in %s', (text) => {
    expect(getMember(requestConfig(plugin(text), options), 'args')).toBe('{"cni":{"a":1}}');
  });

  it('that are empty change nothing', () => {
    const out = requestConfig(plugin('{"args":5}'), { ...options, cniArgs: ' { } ' });
    expect(getMember(out, 'args')).toBe('5');
  });
});

describe('withRuntimeConfig', () => {
  it.each([
    ['{"type":"a"}', '{"type":"a","runtimeConfig":{"mac":"x"}}'],
    ['{"runtimeConfig":{"ips":[]},"b":1}', '{"runtimeConfig":{"ips":[],"mac":"x"},"b":1}'],
    ['{"runtimeConfig":{"mac":"old"}}', '{"runtimeConfig":{"mac":"x"}}'],
  ])('adds a capability to %s', (config, out) => {
    expect(withRuntimeConfig(config, 'mac', '"x"')).toBe(out);
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
