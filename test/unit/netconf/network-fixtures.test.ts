import { describe, expect, it } from 'vitest';
import { pluginSchemas } from '../../../src/netconf/plugins/all.ts';
import {
  findingsOf,
  type NetworkFixture,
  networkFixtures,
  networksPath,
  worstOf,
} from './network-fixtures.ts';

const broken = networkFixtures('broken');
const valid = networkFixtures('valid');

/** The value that a sentence tells to write in the place of what is there, as JSON; undefined where it tells none. */
function advised(message: string): string | undefined {
  const [, told] =
    /; perhaps ("[^"]*")$/.exec(message) ??
    /; write (?:it in quotes: )?("[^"]*")(?:;|$)/.exec(message) ??
    /; write (-?\w+) without quotes$/.exec(message) ??
    /, such as ([[{].*[\]}])$/.exec(message) ??
    /; write a list: (\[.*\])$/.exec(message) ??
    [];
  return told;
}

/** The configuration with another value, or the same under another key, at a path that is in it, or whose parent is. */
function written(config: string, path: string, told: string, isKey: boolean): string {
  const root = JSON.parse(config) as Record<string, unknown>;
  const steps = path.slice('spec.config'.length).matchAll(/\.([-\w]+)|\[([0-9]+)\]|\["([^"]+)"\]/g);
  const keys = [...steps].map(([, name, index, quoted]) => name ?? index ?? quoted ?? '');
  let parent = root;
  for (const key of keys.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  const last = keys.at(-1) ?? '';
  if (isKey) parent[JSON.parse(told) as string] = parent[last];
  parent[last] = isKey ? undefined : (JSON.parse(told) as unknown);
  return JSON.stringify(root);
}

describe('networks and annotations as people really write them', () => {
  it('are at least 60 broken and 60 valid ones, each once', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
    expect(valid.length).toBeGreaterThanOrEqual(60);
    const names = [...broken, ...valid].map((fixture) => fixture.case);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  // loopback has no settings to be wrong.
  it.each([...pluginSchemas.keys()].filter((type) => type !== 'loopback'))(
    'have a good and a bad %s',
    (type) => {
      const uses = ({ config, object }: NetworkFixture): boolean =>
        (config ?? JSON.stringify(object ?? '')).replaceAll('\\', '').includes(`"type": "${type}"`) ||
        (config ?? '').includes(`"type":"${type}"`);
      expect([valid.some(uses), broken.some(uses)]).toEqual([true, true]);
    },
  );

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

  it('are told values that are right when they are written as they are told', () => {
    let followed = 0;
    for (const fixture of broken) {
      const { config } = fixture;
      for (const { code, path, message, severity } of config === undefined ? [] : findingsOf(fixture)) {
        const told = advised(message);
        if (severity !== 'error' || config === undefined || told === undefined) continue;
        const after = findingsOf({ ...fixture, config: written(config, path, told, code === 'MistypedKey') });
        const again = after.filter((found) => found.path === path && found.severity === 'error');
        expect(again, `${fixture.case}: ${message}`).toEqual([]);
        followed += 1;
      }
    }
    expect(followed).toBeGreaterThan(25);
  });

  it.each(valid)('has no objection to: $case', (fixture) => {
    const findings = findingsOf(fixture);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    // A warning in a valid one is expected by name.
    const warnings = findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code);
    expect(warnings).toEqual((fixture.expect ?? []).map(({ code }) => code));
  });
});
