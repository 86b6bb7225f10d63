// Records the workflow histories against which the replay tests check new code, and what a connection stores: `node
// scripts/record-histories.mjs <commit>`.
//
// Records from a release commit, in a separate work tree. Histories from the code under test would compare it with
// itself. The scenarios are today's. The output goes beside that of earlier releases, into
// test/replay/histories/<commit> and test/stored/<commit>, because runs of those releases may still be under way.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [revision] = process.argv.slice(2);
if (revision === undefined) {
  process.stderr.write('Name the release commit: node scripts/record-histories.mjs <commit>\n');
  process.exit(1);
}
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const commit = git('rev-parse', '--verify', `${revision}^{commit}`);
const tree = mkdtempSync(join(tmpdir(), 'connector-release-'));
const histories = join(root, 'test', 'replay', 'histories', commit.slice(0, 12));
const stored = join(root, 'test', 'stored', commit.slice(0, 12));

git('worktree', 'add', '--detach', tree, commit);
try {
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: tree, stdio: 'inherit' });
  execFileSync('npm', ['run', 'build'], { cwd: tree, stdio: 'inherit' });
  for (const script of ['replay-scenarios.mjs', 'short-waits.mjs'])
    copyFileSync(join(root, 'scripts', script), join(tree, 'scripts', script));
  for (const folder of [histories, stored]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  execFileSync(process.execPath, ['scripts/replay-scenarios.mjs', histories, stored, root], {
    cwd: tree,
    stdio: 'inherit',
  });
} finally {
  git('worktree', 'remove', '--force', tree);
}
