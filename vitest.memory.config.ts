import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import all from './vitest.config.ts';

const EMBEDDED = /(?:^|\/)engine-of\.ts$/;
const MEMORY = fileURLToPath(new URL('test/index/memory-engine/engine-of.ts', import.meta.url));

/** The tests of runs that another engine cannot pass, with the reason. */
const LEFT_OUT = {
  'they start worker processes, whose memory the tests do not share': [
    'complete',
    'forged-runs',
    'generated',
    'incremental',
    'index-file',
    'protocol',
    'resumption',
    'selected',
    'shutdown',
  ],
  'it is about the layout of the embedded engine': ['upgrade'],
};

/** The tests of runs, with every index searched by the memory engine: `npm test -- -c vitest.memory.config.ts`. */
export default defineConfig({
  ...all,
  plugins: [
    {
      name: 'memory-engine',
      enforce: 'pre',
      resolveId: (specifier, importer) => (EMBEDDED.test(specifier) && importer !== MEMORY ? MEMORY : null),
    },
  ],
  test: {
    ...all.test,
    include: ['test/sync/**/*.test.ts'],
    exclude: Object.values(LEFT_OUT)
      .flat()
      .map((name) => `test/sync/${name}.test.ts`),
  },
});
