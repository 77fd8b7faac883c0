import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFile, fixedConfig } from '../../../src/agent/sources/config-source.ts';
import { defaultWeftConfig } from '../../../src/api/weft-config.ts';
import { systemClock } from '../../../src/daemon/clock.ts';
import { silentLog } from '../../../src/daemon/log.ts';

let root: string;
const head = 'apiVersion: weft.dev/v1alpha1\nkind: WeftConfig\n';

beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/weft-config-`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(text: string, name = 'weft.yaml'): string {
  writeFileSync(`${root}/${name}`, text);
  return `${root}/${name}`;
}

function open(path: string): Promise<ConfigFile> {
  return ConfigFile.open(path, systemClock, silentLog);
}

describe('the configuration', () => {
  it('is the defaults without a file', () => {
    expect(fixedConfig().current()).toEqual(defaultWeftConfig());
  });

  it('is read from YAML and from JSON, with defaults for what is not there', async () => {
    const fromYaml = await open(put(`${head}spec:\n  isolation: {enabled: true}\n`));
    expect(fromYaml.current()).toMatchObject({ isolation: { enabled: true }, timeBudgets: { del: 50_000 } });
    const fromJson = await open(
      put(
        '{"apiVersion":"weft.dev/v1alpha1","kind":"WeftConfig","spec":{"timeBudgets":{"del":41000}}}',
        'weft.json',
      ),
    );
    expect(fromJson.current().timeBudgets.del).toBe(41_000);
  });

  it('takes up a change', async () => {
    const path = put(`${head}spec: {timeBudgets: {del: 41000}}\n`);
    const config = await open(path);
    const first = config.current();
    expect(config.current()).toBe(first);
    put(`${head}spec: {timeBudgets: {del: 42000}}\n`);
    expect(config.current().timeBudgets.del).toBe(42_000);
  });

  it('keeps the last good one when a change is bad or the file goes, and says so', async () => {
    const path = put(`${head}spec: {timeBudgets: {del: 41000}}\n`);
    const config = await open(path);
    put(`${head}spec: {timeBudgets: {del: soon}}\n`);
    expect(config.current().timeBudgets.del).toBe(41_000);
    expect(config.problem).toContain('spec.timeBudgets.del');
    rmSync(path);
    expect(config.current().timeBudgets.del).toBe(41_000);
    expect(config.problem).toContain('there is no such file');
    put(`${head}spec: {timeBudgets: {del: 43000}}\n`);
    expect(config.current().timeBudgets.del).toBe(43_000);
    expect(config.problem).toBeUndefined();
  });

  it.each([
    [
      'a field of another type',
      `${head}spec: {isolation: {enabled: yes please}}\n`,
      'spec.isolation.enabled',
    ],
    ['an unknown field', `${head}spec: {isolatoin: {}}\n`, 'isolatoin'],
    ['broken YAML', `${head}spec: [`, 'line'],
    ['two documents', `${head}---\n${head}`, 'one document, not 2'],
    ['no document', '', 'one document, not 0'],
  ])('with %s is refused at the start, naming file and field', async (_what, text, words) => {
    const path = put(text);
    await expect(open(path)).rejects.toMatchObject({ reason: 'InvalidFlag' });
    await expect(open(path)).rejects.toThrow(words);
    await expect(open(path)).rejects.toThrow('weft.yaml');
  });
});
