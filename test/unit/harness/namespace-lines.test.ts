import { describe, expect, it } from 'vitest';
import { oldestFirst } from '../../harness/audit/namespace-lines.ts';

describe('processes of the audit', () => {
  it('come in the order of their start, whatever their numbers; those that ended meanwhile come last', () => {
    const starts: Readonly<Record<number, string>> = { 7: '90', 40: '1000', 300: '90', 32000: '20' };
    expect(oldestFirst([7, 9, 40, 300, 32_000], (pid) => starts[pid])).toEqual([32_000, 7, 300, 40, 9]);
  });
});
