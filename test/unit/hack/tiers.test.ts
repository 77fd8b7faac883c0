import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tiers, toolchainBudget, verifyBudget } from '../../../hack/test/tiers.ts';
import config from '../../../vitest.config.ts';

const root = join(import.meta.dirname, '../../..');

describe('the tiers of make test', () => {
  it('run every project of vitest.config.ts once', () => {
    const projects = (config.test?.projects ?? []) as { readonly test: { readonly name: string } }[];
    const inTiers = tiers.flatMap((tier) => tier.projects);
    expect([...inTiers].sort()).toEqual(projects.map((project) => project.test.name).sort());
  });

  it('stand in docs/development.md, with their budgets, in the order in which they run', () => {
    const text = readFileSync(join(root, 'docs/development.md'), 'utf8');
    const rows = [...text.matchAll(/^\| ([a-z0-9+]+) \| (\d+) \|/gm)].map(([, name, budget]) => [
      name,
      Number(budget),
    ]);
    expect(rows).toEqual([
      ['verify+build', verifyBudget],
      ['toolchain', toolchainBudget],
      ...tiers.map((tier) => [tier.name, tier.budget]),
    ]);
  });
});
