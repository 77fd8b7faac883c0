import { describe, expect, it } from 'vitest';
import { countNames, countRecords } from '../../../src/agent/sources/record-counts.ts';

describe('the counts of records', () => {
  it('tell records, leftovers and damaged ones apart, and pass over what is being written', () => {
    const names = [
      'a:eth0.json',
      'b:eth0.json',
      'c:eth0.leftover.json',
      'd:eth0.json.damaged',
      '.e:eth0.json.tmp',
    ];
    expect(countNames(names)).toEqual({ records: 2, leftovers: 1, damaged: 1 });
  });

  it('are 0 while there is no directory yet', () => {
    expect(countRecords('/nowhere')).toEqual({ records: 0, leftovers: 0, damaged: 0 });
  });
});
