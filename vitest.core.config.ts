import { defineConfig } from 'vitest/config';
import all from './vitest.config.ts';

/** The core of the suite, for another version of Node.js: fast tests without a Temporal server, and the demo end to end. */
export default defineConfig({
  ...all,
  test: {
    ...all.test,
    include: ['test/{access,activities,config,home,index,salesforce}/**/*.test.ts', 'test/cli/tour.test.ts'],
    // It starts a server of its own.
    exclude: ['test/index/opensearch/secure-server.test.ts'],
  },
});
