import { Ajv } from 'ajv';
import { expect, it, vi } from 'vitest';

it('leaves no schema to be compiled for whatever network comes after it', async () => {
  // Another file may have checked networks in this process already.
  vi.resetModules();
  const { warmChecks } = await import('../../../src/netconf/warm-checks.ts');
  const { findingsOf, networkFixtures } = await import('./network-fixtures.ts');
  const compile = vi.spyOn(Ajv.prototype, 'compile');
  const steps = [...warmChecks()].length;
  const compiled = compile.mock.calls.length;
  expect(compiled).toBeGreaterThan(25);
  // A step is short: it compiles the schemas of one plugin.
  expect(steps).toBeGreaterThan(compiled / 4);
  for (const fixture of [...networkFixtures('broken'), ...networkFixtures('valid')]) findingsOf(fixture);
  expect(compile).toHaveBeenCalledTimes(compiled);
  compile.mockRestore();
});
