import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NetworkOptions, parseNetwork } from '../../../src/cni/network-list.ts';
import { caught } from './caught.ts';
import { spacedObject } from './json-text.ts';

const what = 'the configuration of network default/a';

function refusal(text: string, options?: NetworkOptions): [string, string] {
  const { reason, message } = caught(() => parseNetwork(text, what, options));
  return [reason, message];
}

describe('parseNetwork', () => {
  it.each([
    ['{"name":"x","plugins":[{"type":"a"},{"type":""}]}', 'plugins[1].type is missing'],
    ['{"name":"x","plugins":[{"type":"a"},{"type":7}]}', 'plugins[1].type must be a string, not a number'],
    ['{"name":"x","plugins":[5]}', 'plugins[0] must be an object, not a number'],
    ['{"name":"x","plugins":[{"type":"../sh"}]}', 'plugins[0].type must be a file name without "/"'],
    ['{"name":"x","type":"a","ipam":{"type":"a/b"}}', 'ipam.type must be a file name without "/"'],
    ['{"name":"x","type":"a","capabilities":{"mac":"yes"}}', 'capabilities.mac must be true or false'],
    ['{"name":"x","type":"a","args":{"cni":[]}}', 'args.cni must be an object, not an array'],
    ['{"name":"x","type":"a","dns":{"search":[1]}}', 'dns.search[0] must be a string, not a number'],
    ['{"name":"x","plugins":[{"type":"a"}],"disableGC":1}', 'disableGC must be true or false'],
    ['{"name":"x","cniVersions":["1.0.0","1.x"],"plugins":[]}', 'cniVersions[1] "1.x" is not a CNI version'],
    ['{"name":"a/b","type":"a"}', 'name "a/b" must be letters'],
    ['{"type":"a"}', 'name is missing'],
    ['{"name":"x"}', 'it has no plugins: neither "type" nor "plugins" is there'],
    ['{"name":"x","type":"a","plugins":[]}', 'both "type" and "plugins" are there'],
    ['{"name":"x","plugins":[]}', 'plugins must have at least one element'],
    [
      '{"name":"x","loadOnlyInlinedPlugins":true}',
      'plugins is missing although loadOnlyInlinedPlugins is true',
    ],
    ['{"name":"x","cniVersions":null,"plugins":[]}', 'cniVersions must be an array, not null'],
    ['{"name":"x","cniVersions":["1.0.0"],"cniVersion":"x.y"}', 'cniVersion "x.y" is not a CNI version'],
    [`{"name":"x","cniVersions":["${'9'.repeat(30)}"]}`, `cniVersions[0] "${'9'.repeat(20)}" is not`],
    ['{"name":"x","type":"a","dns":{"domain":5}}', 'dns.domain must be a string, not a number'],
    ['{"name":"x","type":"a","dns":{"nameservers":[5]}}', 'dns.nameservers[0] must be a string'],
    ['{"name":"x","type":"a","dns":{"options":"a"}}', 'dns.options must be an array, not a string'],
    ['{"name":"x","type":"a","prevResult":[]}', 'prevResult must be an object, not an array'],
    ['{"name":"x","type":".."}', 'type must be a file name, not a directory'],
    ['{"name":"x","type":"."}', 'type must be a file name, not a directory'],
    ['{"name":"x","type":"a\\u007f"}', 'type has a control character in it'],
    ['{"name":"x","type":"a","ipam":{"type":".."}}', 'ipam.type must be a file name, not a directory'],
    ['{"name":"x","plugins":[{"type":"a"}],"disableCheck":"yes"}', 'disableCheck must be true or false'],
  ])('names the text and the field of %s: %s', (text, words) => {
    const [reason, message] = refusal(text);
    expect(reason).toBe('NetworkInvalid');
    expect(message).toContain(`${what}: ${words}`);
    expect(message.length).toBeLessThan(300);
  });

  it('has no name where neither the text nor the object has one', () => {
    expect(refusal('{"name":"","type":"a"}', { fallbackName: '' })[1]).toContain(`${what}: name is missing`);
    expect(parseNetwork('{"name":"","type":"a"}', what, { fallbackName: 'b' }).name).toBe('b');
  });

  it('lets one of several versions stand alone, and a single one be none at all', () => {
    const list = parseNetwork('{"name":"x","cniVersions":["0.4.0"],"plugins":[{"type":"a"}]}', what);
    expect(list.cniVersion).toBe('0.4.0');
    const [reason, message] = refusal('{"name":"x","type":"a","cniVersion":"x.y"}');
    expect(reason).toBe('IncompatibleVersion');
    expect(message).toContain(`${what}: cniVersion "x.y" is not one of`);
  });

  it.each([
    [true, true],
    ['TRUE', true],
    ['true', true],
    [false, false],
    ['False', false],
  ])('reads a switch of %j as %j', (value, on) => {
    const text = JSON.stringify({ name: 'x', disableCheck: value, plugins: [{ type: 'a' }] });
    const { disableCheck, disableGC } = parseNetwork(text, what);
    expect([disableCheck, disableGC]).toEqual([on, false]);
  });

  it('takes plugins that leave out what they may', () => {
    const conf = {
      type: '...',
      ipam: {},
      dns: {},
      args: { cni: {} },
      capabilities: { mac: null, ips: false },
    };
    const { plugins, ...head } = parseNetwork(JSON.stringify({ name: 'x', ...conf }), what);
    expect(plugins.map(({ type, capabilities }) => [type, capabilities])).toEqual([['...', []]]);
    expect(head).toMatchObject({ disableCheck: false, disableGC: false, loadOnlyInlinedPlugins: false });
  });

  it('names the version that is not spoken', () => {
    const [reason, message] = refusal('{"name":"x","type":"a","cniVersion":"9.9.9"}');
    expect(reason).toBe('IncompatibleVersion');
    expect(message).toContain(`${what}: cniVersion "9.9.9" is not one of 0.1.0, 0.2.0, `);
    const long = `{"name":"x","type":"a","cniVersion":"${'9'.repeat(30)}"}`;
    expect(refusal(long)[1]).toContain(`cniVersion "${'9'.repeat(20)}" is not one of`);
  });

  it('gives every plugin the exact bytes that it has in the list', () => {
    fc.assert(
      fc.property(fc.array(spacedObject, { minLength: 1, maxLength: 4 }), (extras) => {
        const texts = extras.map((extra) => `{"x":${extra.trim()}, "type" :\n"bridge"}`);
        const list = parseNetwork(`{"name":"x",\n"plugins": [ ${texts.join(' ,\t')} ]}`, what);
        expect(list.plugins.map(({ text }) => text)).toEqual(texts);
      }),
    );
  });

  describe('with plugins from the directory beside it', () => {
    const added = [
      { what: 'x/10-a.conf', text: '{"type":"a1"}' },
      { what: 'x/20-b.conf', text: '{"type":"b1","capabilities":{"mac":true}}' },
    ];

    it('[CNI-210] appends them in order, asked for by the checked name', () => {
      const asked: string[] = [];
      const directoryPlugins = (name: string) => {
        asked.push(name);
        return added;
      };
      const list = parseNetwork('{"name":"x","plugins":[{"type":"first"}]}', what, { directoryPlugins });
      expect(list.plugins.map(({ type }) => type)).toEqual(['first', 'a1', 'b1']);
      expect(list.plugins[2]?.capabilities).toEqual(['mac']);
      expect(asked).toEqual(['x']);
    });

    it('[CNI-206] is a whole network without plugins of its own', () => {
      expect(parseNetwork('{"name":"x"}', what, { directoryPlugins: () => added }).plugins).toHaveLength(2);
    });

    it('[CNI-482] does not ask for them with loadOnlyInlinedPlugins, nor for a single configuration', () => {
      const directoryPlugins = () => {
        throw new Error('asked');
      };
      const only = '{"name":"x","loadOnlyInlinedPlugins":true,"plugins":[{"type":"a"}]}';
      expect(parseNetwork(only, what, { directoryPlugins }).plugins).toHaveLength(1);
      expect(parseNetwork('{"name":"x","type":"a"}', what, { directoryPlugins }).plugins).toHaveLength(1);
    });

    it('[CNI-211] does not ask for them by a name with a path in it', () => {
      const directoryPlugins = () => {
        throw new Error('asked');
      };
      expect(refusal('{"name":"../x"}', { directoryPlugins })[1]).toContain('name "../x"');
    });

    it('[CNI-210] fails on an invalid one and names it', () => {
      const directoryPlugins = () => [{ what: 'x/10-a.conf', text: '{}' }];
      expect(refusal('{"name":"x"}', { directoryPlugins })[1]).toContain('x/10-a.conf: type is missing');
    });
  });
});
