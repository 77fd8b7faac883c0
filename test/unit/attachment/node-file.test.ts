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
  ])('with %s %j is refused naming the field', (field, value) => {
    expect(reasonOf(() => decodeNodeFile(changed(field, value)))).toBe('StateUnreadable');
    expect(() => decodeNodeFile(changed(field, value))).toThrow(field);
  });

  it.each(['', '{', '[]', 'null'])('that holds %j is refused', (text) => {
    expect(reasonOf(() => decodeNodeFile(text))).toBeDefined();
  });
});
