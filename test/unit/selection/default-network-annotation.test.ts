import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../../src/errors/weft-error.ts';
import {
  defaultNetworkAnnotation,
  parseDefaultNetworkAnnotation,
} from '../../../src/selection/default-network-annotation.ts';
import { expectThrown, resultOrRefusal } from '../../harness/thrown.ts';

function parse(value: unknown): ReturnType<typeof parseDefaultNetworkAnnotation> {
  return parseDefaultNetworkAnnotation(
    typeof value === 'string' ? value : JSON.stringify(value),
    'kube-system',
  );
}

describe('the annotation that replaces the default network', () => {
  it('absent replaces nothing', () => {
    expect(parseDefaultNetworkAnnotation(undefined, 'kube-system')).toBeUndefined();
  });

  it.each([
    ['calico-conf', 'kube-system', 'calico-conf'],
    [' ns2 / fast ', 'ns2', 'fast'],
    ['[{"name":"calico-conf"}]', 'kube-system', 'calico-conf'],
    ['[{"name":"a.b","namespace":""}]', 'kube-system', 'a.b'],
    ['[{"name":"fast","namespace":"ns2"}]', 'ns2', 'fast'],
  ])(
    'has the grammar of the networks annotation, and %j looks in the system namespace unless it names one',
    (text, namespace, name) => {
      expect(parse(text)?.selection).toMatchObject({ namespace, name });
    },
  );

  it.each([
    ['a,b', 'it names 2 networks'],
    [[{ name: 'a' }, { name: 'b' }], 'it names 2 networks'],
    ['[]', 'it names 0 networks'],
    ['', 'it names 0 networks'],
  ])('with another number of elements than one is refused: %j', (value, cause) => {
    expectThrown(() => parse(value), {
      reason: 'InvalidAnnotation',
      code: 7,
      names: [defaultNetworkAnnotation, cause],
    });
  });

  it.each(['a@foo', 'a@eth0', [{ name: 'a', interface: 'foo' }]])(
    'that asks for an interface name is refused: %j [NPWG-242]',
    (value) => {
      expectThrown(() => parse(value), {
        reason: 'InvalidAnnotation',
        code: 7,
        names: [defaultNetworkAnnotation, 'interface'],
      });
    },
  );

  it.each([
    ['[null]', '[0] is null'],
    [{ name: 'a' }, 'must be a list'],
    [[{ name: 'a', mac: 'x' }], '[0].mac'],
    [[{ name: 'a', ips: [] }], '[0].ips'],
    ['[{', 'the value'],
    ['A', 'item 1'],
  ])('that is wrong says where, in its own name: %j', (value, cause) => {
    expectThrown(() => parse(value), {
      reason: 'InvalidAnnotation',
      code: 7,
      names: [defaultNetworkAnnotation, cause],
    });
  });

  it('whatever it says gives one network without interface, or InvalidAnnotation under 300 characters', () => {
    const part = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"name":"a"',
      ',',
      '"interface":"x"',
      'a',
      '/',
      '@',
      'null',
    );
    const parts = fc.array(part).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), parts, fc.json()), (text) => {
        const found = resultOrRefusal(() => parse(text));
        if (!(found instanceof WeftError)) expect(found?.selection).not.toHaveProperty('ifname');
        else expect([found.reason, found.message.length < 300]).toEqual(['InvalidAnnotation', true]);
      }),
    );
  });

  it('warns of keys that nobody acts on in its own name', () => {
    expect(parse([{ name: 'a', foo: 1 }])?.warnings).toEqual([
      expect.stringMatching(/^annotation v1\.multus-cni\.io\/default-network, \[0\]: .*"foo"$/),
    ]);
  });
});
