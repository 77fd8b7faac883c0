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
    ['{"name":"x"}', 'it has no plugins'],
  ])('names the text and the field of %s: %s', (text, words) => {
    const [reason, message] = refusal(text);
    expect(reason).toBe('NetworkInvalid');
    expect(message).toContain(`${what}: ${words}`);
    expect(message.length).toBeLessThan(300);
  });

  it('names the version that is not spoken', () => {
    const [reason, message] = refusal('{"name":"x","type":"a","cniVersion":"9.9.9"}');
    expect(reason).toBe('IncompatibleVersion');
    expect(message).toContain(`${what}: cniVersion "9.9.9" is not one of`);
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
