import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetResults, keepResults, resultsFile } from '../../../hack/test/tier-results.ts';

describe('the results of a tier', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'weft-results-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function keep(text: string): void {
    keepResults(root, 'unit+engine', text);
  }

  it('are those of the last run, and nothing else is left', () => {
    keep('first');
    keep('second');
    const file = resultsFile(root, 'unit+engine');
    expect(readFileSync(file, 'utf8')).toBe('second');
    expect(readdirSync(dirname(file))).toEqual(['unit+engine.json']);
  });

  it('are gone once the next run begins', () => {
    keep('first');
    forgetResults(root, 'unit+engine');
    forgetResults(root, 'net');
    expect(readdirSync(join(root, 'build/results'))).toEqual([]);
  });
});
