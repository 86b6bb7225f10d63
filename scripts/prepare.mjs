// What `npm start` and `npm test` need first: the locked dependencies and a current build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What each build reads, and the file that says when it was made. */
export const SHIPPED = {
  script: 'build.mjs',
  stamp: 'dist/.built',
  /** What it makes in a folder other than that of the stamp. */
  also: ['packages/sandbox/dist/command/main.js'],
  sources: [
    'src',
    'workflows',
    'activities',
    'page',
    'packages/sandbox/src',
    'packages/sandbox/bin',
    'packages/sandbox/package.json',
    'packages/sandbox/tsconfig.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ],
};
export const TOOLS = {
  script: 'build-tools.mjs',
  stamp: 'tools/dist/.built',
  also: [],
  // A bench runs the sync as tests do.
  sources: [
    ...SHIPPED.sources,
    'tools/chaos',
    'tools/bench',
    'tools/tsconfig.json',
    'test/sync',
    'test/index',
    'test/opensearch',
  ],
};

/** npm's link to the sandbox. A link that leads nowhere does not exist. */
const LINK = 'node_modules/@salesforce-connector/sandbox';

/** Installs and builds if necessary. Ends the process if a step fails, after the step's own output. */
export function prepare() {
  requireAll(SHIPPED);
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json') || !existsSync(join(root, LINK))) {
    // No dependency needs its install script, so none runs. Our own build follows.
    const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    // Uses the npm that runs this script, if there is one.
    const npm = process.env.npm_execpath;
    npm ? run(process.execPath, [npm, ...install]) : run('npm', install);
  }
  buildIfStale();
}

/** Builds if a source is newer than the build. */
export function buildIfStale() {
  buildWhereStale(SHIPPED);
}

/** Builds the tools, where a source is newer than their build. */
export function buildToolsIfStale() {
  buildWhereStale(TOOLS);
}

/**
 * Ends the process where a source of what is shipped is missing, or the link to the sandbox. Nothing else would say so:
 * `npm ci` links a workspace whose folder is not there, and succeeds.
 */
export function requireSources() {
  requireAll(SHIPPED);
  if (existsSync(join(root, LINK))) return;
  process.stderr.write(`The build cannot find ${LINK}: run \`npm ci --ignore-scripts\` first.\n`);
  process.exit(1);
}

function requireAll({ sources }) {
  const missing = sources.filter((path) => !existsSync(join(root, path)));
  if (missing.length === 0) return;
  process.stderr.write(`The build cannot find ${missing.join(', ')}: get the whole repository.\n`);
  process.exit(1);
}

function buildWhereStale({ script, stamp, also, sources }) {
  requireAll({ sources });
  const isThere = also.every((path) => existsSync(join(root, path)));
  if (!isThere || changed(stamp) < Math.max(...sources.map(changed))) run(process.execPath, [join('scripts', script)]);
}

/** Returns when a file, or the newest TypeScript file in a folder, was last changed. 0: it does not exist. */
function changed(path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  const below = readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map((entry) => changed(join(path, entry.name)));
  return Math.max(0, ...below);
}

function run(program, args) {
  // Their output goes to stderr, because stdout is for the command's own output.
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  if (status !== 0) process.exit(status ?? 1);
}
