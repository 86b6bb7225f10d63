import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { reached, sources } from './imports.ts';

/** What a build reads and writes: scripts/prepare.mjs says it. */
interface Build {
  readonly stamp: string;
  readonly sources: readonly string[];
}
const prepare = pathToFileURL(join(packageRoot(), 'scripts', 'prepare.mjs')).href;
const { SHIPPED, TOOLS } = (await import(prepare)) as Record<'SHIPPED' | 'TOOLS', Build>;

/** A copy of the scripts beside empty sources, without those that are named. */
function cloneWithout(...missing: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'half-a-clone-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(packageRoot(), 'scripts'), join(folder, 'scripts'), { recursive: true });
  symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
  for (const path of SHIPPED.sources.filter((path) => !missing.includes(path))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    if (/\.json$/.test(path)) writeFileSync(join(folder, path), '{}');
    else mkdirSync(join(folder, path));
  }
  return folder;
}

const node = (cwd: string, ...args: string[]) => spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });

describe('a build', () => {
  // `npm ci` succeeds without the folder of a workspace, and links to nothing.
  it.each(['build.mjs', 'build-if-stale.mjs'])(
    'by %s fails without the folder of the sandbox, and says so',
    (script) => {
      const sandbox = SHIPPED.sources.filter((path) => path.startsWith('packages/'));
      expect(sandbox).toContain('packages/sandbox/src');
      const { status, stdout, stderr } = node(cloneWithout(...sandbox), join('scripts', script));
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toBe(`The build cannot find ${sandbox.join(', ')}: get the whole repository.\n`);
    },
  );

  it.each(SHIPPED.sources)('fails without %s', (path) => {
    const { status, stderr } = node(cloneWithout(path), join('scripts', 'build-if-stale.mjs'));
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `The build cannot find ${path}: get the whole repository.\n`,
    });
  });

  it.each(['start.mjs', 'test.mjs', 'tools.mjs'])(
    'is not begun by %s, nor an installation, without a source',
    (script) => {
      const { status, stderr } = node(cloneWithout('packages/sandbox/bin'), join('scripts', script));
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: 'The build cannot find packages/sandbox/bin: get the whole repository.\n',
      });
    },
  );

  it('says what to do where the link to the sandbox leads nowhere', () => {
    const folder = cloneWithout();
    rmSync(join(folder, 'node_modules'));
    // Enough for the script to load.
    for (const name of ['typescript', '@temporalio/worker']) {
      mkdirSync(join(folder, 'node_modules', dirname(name)), { recursive: true });
      symlinkSync(join(packageRoot(), 'node_modules', name), join(folder, 'node_modules', name));
    }
    mkdirSync(join(folder, 'node_modules/@salesforce-connector'));
    symlinkSync('../../nowhere', join(folder, 'node_modules/@salesforce-connector/sandbox'));
    const { status, stdout, stderr } = node(folder, join('scripts', 'build.mjs'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      'The build cannot find node_modules/@salesforce-connector/sandbox: run `npm ci --ignore-scripts` first.\n',
    );
  });

  // `npm pack` takes all that is in the folder.
  it('leaves no output of a source that is gone', () => {
    const folder = cloneWithout();
    const compilerOptions = { outDir: 'dist', rootDir: '.', types: [], declaration: true };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    writeFileSync(join(folder, 'src', 'there.ts'), 'export const there = 1;');
    const outputs = ['src/there.js', 'src/there.d.ts', 'src/gone.js', 'src/gone.d.ts', 'workflow-bundle.js'];
    mkdirSync(join(folder, 'dist', 'src'), { recursive: true });
    for (const output of outputs) writeFileSync(join(folder, 'dist', output), '');
    const compile = "(await import('./scripts/compile.mjs')).compile('tsconfig.json', 'dist')";
    const { status, stderr } = node(folder, '--input-type=module', '--eval', compile);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(outputs.filter((output) => !existsSync(join(folder, 'dist', output)))).toEqual([
      'src/gone.js',
      'src/gone.d.ts',
    ]);
  });

  const unwatched = (entries: readonly string[], build: Build) => {
    const files = sources('src', 'workflows', 'activities', 'tools/chaos', 'tools/bench', 'test');
    return entries
      .flatMap((entry) => [entry, ...reached(entry, files, { dynamic: true }).map(({ specifier }) => specifier)])
      .filter((path) => path.endsWith('.ts'))
      .filter((path) => !build.sources.some((source) => path.startsWith(`${source}/`)));
  };

  it('is stale when any of its sources changes', () => {
    const shipped = ['src/cli/main.ts', 'src/library.ts', 'src/worker/run-worker.ts', 'src/process/supervisor.ts'];
    expect(unwatched([...shipped, 'workflows/index.ts'], SHIPPED)).toEqual([]);
    const tools = ['tools/bench/main.ts', 'tools/chaos/main.ts', 'tools/chaos/preload.ts'];
    expect(unwatched(tools, TOOLS)).toEqual([]);
    expect(unwatched(tools, SHIPPED)).toContain('test/sync/sync-runner.ts');
  });
});

it('the type check reads every folder of code, and the settings of the tests', () => {
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace(/package\.json$/, 'bin/tsc');
  const files = node(packageRoot(), tsc, '--listFilesOnly').stdout.split('\n');
  const folders = ['src', 'workflows', 'activities', 'packages/sandbox/src', 'packages/sandbox/test'];
  for (const folder of [...folders, 'tools/chaos', 'tools/bench', 'test'])
    for (const path of sources(folder).keys()) expect(files, path).toContain(join(packageRoot(), path));
  for (const path of ['vitest.config.ts', 'vitest.core.config.ts'])
    expect(files, path).toContain(join(packageRoot(), path));
});
