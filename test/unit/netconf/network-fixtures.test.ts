import { describe, expect, it } from 'vitest';
import { findingsOf, networkFixtures, networksPath, worstOf } from './network-fixtures.ts';

const broken = networkFixtures('broken');
const valid = networkFixtures('valid');

describe('networks and annotations as people really write them', () => {
  it('are at least 60 broken and 60 valid ones, each once', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
    expect(valid.length).toBeGreaterThanOrEqual(60);
    const names = [...broken, ...valid].map((fixture) => fixture.case);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(broken)('names place and remedy of: $case', (fixture) => {
    const findings = findingsOf(fixture);
    const base = fixture.networks === undefined ? '' : networksPath;
    expect(fixture.expect?.length).toBeGreaterThan(0);
    for (const { code, at, says } of fixture.expect ?? []) {
      expect(findings).toContainEqual(
        expect.objectContaining({ code, path: `${base}${at}`, message: expect.stringContaining(says) }),
      );
    }
    expect(worstOf(findings)).toBe(fixture.worst ?? 'error');
  });

  it.each(broken)('finds nothing else that is grave in: $case', (fixture) => {
    const base = fixture.networks === undefined ? '' : networksPath;
    const expected = new Set((fixture.expect ?? []).map(({ code, at }) => `${code} ${base}${at}`));
    const grave = findingsOf(fixture).filter(({ severity }) => severity === (fixture.worst ?? 'error'));
    expect(grave.map(({ code, path }) => `${code} ${path}`).filter((found) => !expected.has(found))).toEqual(
      [],
    );
  });

  it.each(broken)('says in one sentence below 300 characters what to do about: $case', (fixture) => {
    for (const { message } of findingsOf(fixture)) {
      expect(message.length).toBeLessThan(300);
      expect(message).toMatch(/\b(write|remove|keep|move|add|exchange|close|replace|correct|end|save|see)\b/);
      expect(message).not.toMatch(/\.$|\n/);
    }
  });

  it.each(valid)('has no objection to: $case', (fixture) => {
    const findings = findingsOf(fixture);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    // A warning in a valid one is expected by name.
    const warnings = findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code);
    expect(warnings).toEqual((fixture.expect ?? []).map(({ code }) => code));
  });
});
