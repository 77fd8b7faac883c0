import { defineConfig, type ViteUserConfig } from 'vitest/config';

/**
 * One project a tier. `net` and `faults` make network namespaces and processes of the machine, so their files run one
 * after the other; the first two tiers are pure and run side by side.
 */
interface Tier {
  readonly name: string;
  readonly parallel: boolean;
  readonly timeoutMs: number;
}

const tiers: readonly Tier[] = [
  { name: 'unit', parallel: true, timeoutMs: 10_000 },
  { name: 'engine', parallel: true, timeoutMs: 30_000 },
  { name: 'component', parallel: false, timeoutMs: 60_000 },
  { name: 'net', parallel: false, timeoutMs: 60_000 },
  { name: 'faults', parallel: false, timeoutMs: 600_000 },
];

const config: ViteUserConfig = defineConfig({
  test: {
    projects: tiers.map((tier) => ({
      test: {
        name: tier.name,
        include: [`test/${tier.name}/**/*.test.ts`],
        setupFiles: ['test/fast-check-setup.ts'],
        environment: 'node',
        // Forks, not threads: tests send signals, change directories and count their own children.
        pool: 'forks',
        fileParallelism: tier.parallel,
        testTimeout: tier.timeoutMs,
        hookTimeout: tier.timeoutMs,
      },
    })),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'hack/**/*.ts'],
      exclude: ['src/plugin/**', '**/*.generated.*'],
      reporter: ['text-summary', 'lcovonly'],
    },
  },
});

export default config;
