import { defineConfig } from 'vitest/config';
import all from './vitest.config.ts';

/** The core of the suite, for another version of Node.js: fast tests without a Temporal server, and the demo end to end. */
export default defineConfig({
  ...all,
  test: {
    ...all.test,
    include: ['test/{access,activities,config,home,index,salesforce}/**/*.test.ts', 'test/cli/tour.test.ts'],
    // They need a server, which takes most of their time.
    exclude: ['test/index/opensearch/{content,engine,store,secure-server,cluster-rights}.test.ts'],
  },
});
