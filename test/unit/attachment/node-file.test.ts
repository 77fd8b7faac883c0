import { describe, expect, it } from 'vitest';
import { decodeNodeFile, encodeNodeFile } from '../../../src/attachment/node-file.ts';
import { reasonOf } from './reason-of.ts';
import { delegate } from './records.ts';

const file = {
  format: 1,
  weft: '0.1.0',
  cniPath: ['/opt/cni/bin'],
  defaultNetwork: { ...delegate, ifname: '' },
};

/** The file with one field of it, or of the default network, changed. */
function changed(field: string, value: unknown): string {
  const copy = JSON.parse(JSON.stringify(file)) as Record<string, unknown> & {
    defaultNetwork: Record<string, unknown>;
  };
  const [head = '', inner] = field.split('.');
  if (inner === undefined) copy[head] = value;
  else copy.defaultNetwork[inner] = value;
  return JSON.stringify(copy);
}

describe('node.json', () => {
  it('comes back as it was', () => {
    expect(decodeNodeFile(encodeNodeFile(file))).toEqual(file);
  });

  it('comes back with the NAD that it is from, and with the directory of the runtime', () => {
    const whole = {
      ...file,
      confDir: '/etc/cni/net.d',
      source: { namespace: 'kube-system', name: 'pods', config: '' },
    };
    expect(decodeNodeFile(encodeNodeFile(whole))).toEqual(whole);
  });

  it('of a newer format is read as far as its known fields go', () => {
    expect(decodeNodeFile(JSON.stringify({ ...file, format: 9, more: 1 })).defaultNetwork).toEqual(
      file.defaultNetwork,
    );
  });

  it.each([
    ['defaultNetwork', undefined],
    ['defaultNetwork', null],
    ['defaultNetwork', 'x'],
    ['defaultNetwork.id', 1],
    ['defaultNetwork.network', undefined],
    ['defaultNetwork.networkName', {}],
    ['defaultNetwork.cniVersion', null],
    ['defaultNetwork.plugins', []],
    ['defaultNetwork.plugins', 'x'],
    ['defaultNetwork.plugins', [{ type: 'bridge' }]],
    ['defaultNetwork.plugins', [null]],
    ['cniPath', '/opt/cni/bin'],
    ['cniPath', [1]],
    ['cniPath', ['/opt/cni/bin', 1]],
    ['defaultNetwork.plugins', [...delegate.plugins, { type: 'x' }]],
    ['defaultNetwork.plugins', [...delegate.plugins, { config: '{}' }]],
    ['confDir', 1],
    ['confDir', null],
    ['source', null],
    ['source', 'kube-system/pods'],
    ['source', { namespace: 'a', name: 'b' }],
    ['source', { namespace: 'a', config: '' }],
    ['source', { namespace: 1, name: 'b', config: '' }],
  ])('with %s %j is refused naming the field', (field, value) => {
    expect(reasonOf(() => decodeNodeFile(changed(field, value)))).toBe('StateUnreadable');
    expect(() => decodeNodeFile(changed(field, value))).toThrow(
      `read node.json: ${field} is missing or mistyped`,
    );
  });

  it.each(['', '{', '[]', 'null'])('that holds %j is refused', (text) => {
    expect(reasonOf(() => decodeNodeFile(text))).toBeDefined();
    expect(() => decodeNodeFile(text)).toThrow('node.json');
  });
});
