import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The tests that Stryker runs against each mutant: those that need nothing but Node. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/engine/node.test.ts'],
    setupFiles: ['test/fast-check-setup.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
});

export default config;
