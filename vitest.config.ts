import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // More than cores: many tests wait for a heartbeat to be missed.
    maxWorkers: 6,
    // No test changes a module's state; loading them anew for each of the files costs a tenth of the suite.
    isolate: false,
  },
});
