import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRequirements, readSourceNumbers } from '../../../../hack/conformance/checkout.ts';

const root = join(import.meta.dirname, '../../../..');
const requirements = readRequirements(root);
const numbers = requirements.map((requirement) => requirement.number);

/** Where the two lists have numbers: first and last of each run without a gap. */
const runs: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  CNI: [
    [1, 21],
    [30, 41],
    [50, 59],
    [70, 79],
    [90, 97],
    [100, 105],
    [110, 117],
    [120, 123],
    [130, 138],
    [150, 156],
    [170, 175],
    [200, 215],
    [220, 228],
    [235, 239],
    [250, 264],
    [280, 296],
    [310, 316],
    [330, 336],
    [350, 355],
    [400, 403],
    [450, 456],
    [470, 472],
    [480, 495],
  ],
  NPWG: [
    [1, 9],
    [20, 30],
    [40, 54],
    [70, 97],
    [100, 113],
    [120, 130],
    [136, 137],
    [140, 163],
    [180, 196],
    [210, 216],
    [230, 233],
    [240, 244],
    [250, 253],
    [310, 338],
  ],
};

function expected(name: string): string[] {
  return (runs[name] ?? []).flatMap(([first, last]) =>
    Array.from(
      { length: last - first + 1 },
      (_, index) => `${name}-${String(first + index).padStart(3, '0')}`,
    ),
  );
}

describe('test/conformance', () => {
  it('has every number of both lists once, in their order', () => {
    expect(expected('CNI')).toHaveLength(213);
    expect(expected('NPWG')).toHaveLength(180);
    expect(numbers).toEqual([...expected('CNI'), ...expected('NPWG')]);
  });

  it('leaves pending only what waits for hot-plug and CRI-O', () => {
    const pending = requirements.filter((row) => row.pending !== undefined).map((row) => row.number);
    expect(pending).toEqual(['CNI-123', 'CNI-471', ...['NPWG-250', 'NPWG-251', 'NPWG-252', 'NPWG-253']]);
  });

  it('has every number that stands in a test', () => {
    expect([...readSourceNumbers(root)].filter((number) => !numbers.includes(number))).toEqual([]);
  });

  it('says each line in one sentence of its own', () => {
    const lines = requirements.map((row) => row.line);
    expect(lines.filter((line) => !/^\S.*\.$/.test(line))).toEqual([]);
    expect(new Set(lines).size).toBe(lines.length);
  });
});
