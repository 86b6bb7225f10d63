import { defineConfig } from 'vitest/config';

/** The sandbox's sources, not its last build: packages/sandbox/package.json names both. */
const conditions = ['@salesforce-connector/source', 'node', 'development|production'];

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    globalSetup: ['test/opensearch/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // More than cores, because many tests wait for a missed heartbeat.
    maxWorkers: 6,
    // No test changes a module's state. Loading modules again for each file costs a tenth of the suite's time.
    isolate: false,
  },
});
