import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import all from './vitest.config.ts';

const EMBEDDED = /(?:^|\/)engine-of\.ts$/;
const MEMORY = fileURLToPath(new URL('test/index/memory-engine/engine-of.ts', import.meta.url));

/** The tests of runs, with every index searched by the memory engine: `npx vitest run -c vitest.memory.config.ts`. */
export default defineConfig({
  ...all,
  plugins: [
    {
      name: 'memory-engine',
      enforce: 'pre',
      resolveId: (specifier, importer) => (EMBEDDED.test(specifier) && importer !== MEMORY ? MEMORY : null),
    },
  ],
  test: { ...all.test, include: ['test/sync/**/*.test.ts'] },
});
