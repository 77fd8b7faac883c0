import { describe, expect, it } from 'vitest';
import { judge } from '../../../../hack/conformance/judge.ts';
import { conformancePage, describeTier } from '../../../../hack/conformance/page.ts';
import type { Requirement } from '../../../../hack/conformance/requirement.ts';
import type { Proof } from '../../../../hack/conformance/tier-run.ts';

const requirements: readonly Requirement[] = [
  { number: 'CNI-070', section: 'DEL', level: 'must', line: 'DEL may be repeated.' },
  { number: 'CNI-400', section: 'Roles', level: 'should', line: 'IPAM | all.', notApplicable: 'no IPAM' },
  { number: 'NPWG-250', section: 'Roles', level: 'may', line: 'Later.', pending: 'hot-plug' },
];

function proof(file: string, title: string, outcome: Proof['outcome'] = 'passed'): Proof {
  return { tier: 'net', file, title, outcome };
}

function page(...proofs: Proof[]): string[] {
  return conformancePage(judge(requirements, [{ tier: 'net', state: 'current', proofs }])).split('\n');
}

function row(number: string, lines: readonly string[]): string | undefined {
  return lines.find((line) => line.startsWith(`| ${number} `));
}

describe('docs/conformance.md', () => {
  it('counts at its top, for each specification and all', () => {
    const lines = page(proof('a.test.ts', '[CNI-070] works'));
    expect(lines).toEqual(
      expect.arrayContaining([
        '| result | CNI | NPWG | all |',
        '| --- | --- | --- | --- |',
        '| met | 1 | 0 | 1 |',
        '| missing | 0 | 0 | 0 |',
        '| pending | 0 | 1 | 1 |',
        '| not applicable | 1 | 0 | 1 |',
        '- net: current',
      ]),
    );
  });

  it('has a row for each number under its section, with the reason for what is not met', () => {
    const lines = page(proof('a.test.ts', '[CNI-070] works <b> | c'));
    expect(lines.slice(lines.indexOf('## DEL'))).toEqual([
      '## DEL',
      '',
      '| number | level | requirement | result | tests |',
      '| --- | --- | --- | --- | --- |',
      '| CNI-070 | must | DEL may be repeated. | met | `a.test.ts`: works &lt;b> \\| c |',
      '',
      '## Roles',
      '',
      '| number | level | requirement | result | tests |',
      '| --- | --- | --- | --- | --- |',
      '| CNI-400 | should | IPAM \\| all. | not applicable: no IPAM |  |',
      '| NPWG-250 | may | Later. | pending: hot-plug |  |',
      '',
    ]);
  });

  it('names one test of each file, failed ones first', () => {
    const lines = page(
      proof('a.test.ts', '[CNI-070] one'),
      proof('a.test.ts', '[CNI-070] two'),
      proof('b.test.ts', '[CNI-070] three', 'skipped'),
      proof('c.test.ts', '[CNI-070] four'),
      proof('c.test.ts', '[CNI-070] five', 'failed'),
      proof('d.test.ts', '[CNI-070] six'),
    );
    expect(row('CNI-070', lines)).toContain(
      '| **failing** | `c.test.ts`: five (failed) and 1 more<br>`a.test.ts`: one and 1 more<br>`b.test.ts`: three (skipped)<br>and in 1 more file |',
    );
  });

  it('cuts a long title', () => {
    const shown = row('CNI-070', page(proof('a.test.ts', `[CNI-070] ${'a'.repeat(300)}`))) ?? '';
    expect(shown).toContain(`${'a'.repeat(99)}… |`);
  });

  it('shows problems', () => {
    expect(page(proof('a.test.ts', '[CNI-999] a'))).toContain(
      '- **Problem:** CNI-999 is not in test/conformance: a.test.ts > [CNI-999] a',
    );
  });
});

describe('the line about a tier', () => {
  it('says how to run one whose results lack or are old', () => {
    expect(describeTier({ tier: 'vm', state: 'no results', proofs: [] })).toBe(
      'vm: no results; run: node hack/test.ts --tier vm',
    );
    expect(describeTier({ tier: 'vm', state: 'older than the sources', started: 'T', proofs: [] })).toBe(
      'vm: older than the sources, of T; run: node hack/test.ts --tier vm',
    );
  });
});
