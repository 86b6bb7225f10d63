// `npm test`: from a fresh clone to the whole suite. Passes its arguments to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildToolsIfStale, prepare, root } from './prepare.mjs';

prepare();
buildToolsIfStale();
const { fetchTemporal } = await import('../dist/src/temporal/binaries.js');
const say = (line) => process.stderr.write(`${line}\n`);
try {
  for (const program of ['temporal', 'temporal-test-server']) await fetchTemporal(program, { say });
} catch (error) {
  say(error.message);
  process.exit(1);
}
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
