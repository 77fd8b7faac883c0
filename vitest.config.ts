import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { filesByServer } from './hack/test/api-files.ts';
import { FileOrder } from './hack/test/file-order.ts';

/**
 * One project a tier, but for api and e2e, where what shares a server or a cluster is one. `net` and `faults` make network namespaces and processes of the machine, so their files run one
 * after the other; the first two tiers are pure, each file of `component` has processes and directories of its own, and
 * each of `vm` a machine.
 */
interface Tier {
  readonly name: string;
  readonly parallel: boolean;
  readonly timeoutMs: number;
  /** Files below test/, other than all in the directory of the project's name. */
  readonly include?: readonly string[];
  /** What starts and ends what all its files use. */
  readonly globalSetup?: string;
  /**
   * True: the files of a worker share its modules, which takes a third of the processor time. For tests that leave nothing
   * in a module that another file could find.
   */
  readonly sharedModules?: boolean;
}

const apiFiles = filesByServer(import.meta.dirname);

const tiers: readonly Tier[] = [
  { name: 'unit', parallel: true, timeoutMs: 10_000, sharedModules: true },
  { name: 'engine', parallel: true, timeoutMs: 30_000 },
  { name: 'component', parallel: true, timeoutMs: 60_000 },
  { name: 'tools', parallel: false, timeoutMs: 60_000 },
  {
    name: 'api',
    parallel: false,
    timeoutMs: 120_000,
    include: apiFiles.shared,
    globalSetup: 'test/api/global-setup.ts',
    sharedModules: true,
  },
  {
    name: 'api-own',
    parallel: true,
    timeoutMs: 120_000,
    include: apiFiles.own,
    globalSetup: 'test/api/own-server-setup.ts',
    sharedModules: true,
  },
  { name: 'net', parallel: false, timeoutMs: 60_000 },
  {
    name: 'e2e',
    parallel: false,
    timeoutMs: 120_000,
    include: ['e2e/*.test.ts', 'e2e/own-cluster/*.test.ts'],
    globalSetup: 'test/e2e/global-setup.ts',
  },
  {
    name: 'e2e-weft',
    parallel: false,
    timeoutMs: 120_000,
    include: ['e2e/weft/*.test.ts'],
    globalSetup: 'test/e2e/weft/global-setup.ts',
  },
  { name: 'faults', parallel: false, timeoutMs: 600_000 },
  { name: 'vm', parallel: true, timeoutMs: 600_000 },
];

const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { sequencer: FileOrder },
    // What global set-ups end may be a whole cluster.
    teardownTimeout: 120_000,
    projects: tiers.map((tier) => ({
      test: {
        name: tier.name,
        include: (tier.include ?? [`${tier.name}/**/*.test.ts`]).map((files) => `test/${files}`),
        setupFiles: ['test/fast-check-setup.ts'],
        ...(tier.globalSetup === undefined ? {} : { globalSetup: tier.globalSetup }),
        environment: 'node',
        // Forks, not threads: tests send signals, change directories and count their own children.
        pool: 'forks',
        isolate: tier.sharedModules !== true,
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
