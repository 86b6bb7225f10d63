// What `npm start` and `npm test` need before anything else: the locked dependencies and a build that is not stale.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src', 'workflows', 'activities', 'sandbox', 'tsconfig.json', 'tsconfig.build.json'];

/** Installs and builds where needed; ends the process when one fails, after its own output. */
export function prepare() {
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
    // Nothing needs the dependencies' install scripts, so none of them runs here. Our own, the build, follows.
    const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    // Through the npm that runs this script, where there is one.
    const npm = process.env.npm_execpath;
    npm ? run(process.execPath, [npm, ...install]) : run('npm', install);
  }
  buildIfStale();
}

/** Builds where a source is newer than the build. */
export function buildIfStale() {
  if (changed('dist/.built') < Math.max(...SOURCES.map(changed))) run(process.execPath, [join('scripts', 'build.mjs')]);
}

/** When a file, or the newest TypeScript below a folder, was last changed; 0 when it is not there. */
function changed(path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  const below = readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map((entry) => changed(join(path, entry.name)));
  return Math.max(0, ...below);
}

function run(program, args) {
  // What they say goes to stderr: stdout is for what the command itself answers.
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  if (status !== 0) process.exit(status ?? 1);
}
