import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { type Ended, processesOf } from '../cli/command-line.ts';
import { writeSmallOrg } from '../cli/small-org.ts';
import { compilerSays } from './compiler.ts';
import { INSTALLATION_TIMEOUT_MS, installed, plainEnvironment } from './installed.ts';

/**
 * The tarball that `npm pack` makes, installed into an empty project: the demo, the command, the library and its types.
 */

const project = mkdtempSync(join(tmpdir(), 'installed-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** A request for the sandbox's package fails: nothing listens at this registry. */
const NO_REGISTRY_FOR_THE_SANDBOX = '@salesforce-connector:registry=http://127.0.0.1:9/\n';

const { npm, run } = installed(project);
const home = join(project, 'node_modules', 'salesforce-connector');
const sandbox = join(home, 'node_modules', '@salesforce-connector', 'sandbox');

let demo: Ended;
beforeAll(async () => {
  const [{ filename }] = JSON.parse(npm('pack', packageRoot(), '--json', '--ignore-scripts')) as [{ filename: string }];
  npm('init', '--yes');
  npm('pkg', 'set', 'type=module');
  writeFileSync(join(project, '.npmrc'), NO_REGISTRY_FOR_THE_SANDBOX);
  npm('install', '--ignore-scripts', `./${filename}`);
  await writeSmallOrg(join(project, 'small'));
  demo = await run(['demo', '--once', '--org', 'small'], await fetchTemporal('temporal'));
}, INSTALLATION_TIMEOUT_MS);

describe('the package', () => {
  it('contains what runs, and neither sources nor tests', () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))).toMatchObject({ version });
    expect(readdirSync(join(home, 'dist')).sort()).toEqual([
      'activities',
      'page',
      'src',
      'workflow-bundle.js',
      'workflows',
    ]);
    expect(readdirSync(join(home, 'dist', 'page'))).toEqual(
      expect.arrayContaining(['index.html', 'main.js', 'style.css']),
    );
    for (const there of ['config.example.yaml', 'docs/setup.md'])
      expect(existsSync(join(home, there)), there).toBe(true);
    for (const apart of ['src', 'test', 'scripts', 'packages', 'tools', 'node_modules/typescript'])
      expect(existsSync(join(home, apart)), apart).toBe(false);
  });

  it('contains the sandbox, which no registry has, and none of its libraries', () => {
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
    const path = 'node_modules/salesforce-connector/node_modules/@salesforce-connector/sandbox';
    expect(lock.packages[path]).toMatchObject({ inBundle: true });
    expect(readdirSync(join(home, 'node_modules')).sort()).toEqual(['.bin', '@salesforce-connector']);
    expect(readdirSync(sandbox).sort()).toEqual(['README.md', 'bin', 'dist', 'orgs', 'package.json']);
    expect(existsSync(join(sandbox, 'orgs', 'harbor', 'org.json'))).toBe(true);
  });

  it('and a tarball without it would ask', () => {
    const without = join(project, 'without-the-sandbox');
    const dependencies = { '@salesforce-connector/sandbox': '0.1.0' };
    mkdirSync(without);
    writeFileSync(join(without, 'package.json'), JSON.stringify({ name: 'without', version: '1.0.0', dependencies }));
    npm('pack', './without-the-sandbox');
    const install = [
      'install',
      '--ignore-scripts',
      '--no-save',
      '--fetch-retries=0',
      '--loglevel=error',
      './without-1.0.0.tgz',
    ];
    const asks = () => execFileSync('npm', install, { cwd: project, env: plainEnvironment(), stdio: 'pipe' });
    expect(asks).toThrow(/ECONNREFUSED|@salesforce-connector(?:%2f|\/)sandbox/i);
  });

  it('runs the demo: Temporal server, sandbox, worker, two runs', () => {
    expect(demo.code, demo.stderr).toBe(0);
    expect(demo.stdout).toMatch(/^Indexed by run 1, a complete backfill .*\n {2}Account +3 {3}\(3 added,/);
    expect(demo.stdout).toContain('Then run 2 (incremental): no changes');
    expect(processesOf(project)).toEqual([]);
  });

  it('prints search commands that work in the project as they are', () => {
    const commands = [...demo.stdout.matchAll(/^ {2}(\S+ search .*) {3}# finds (\d+)$/gm)];
    expect(commands.length).toBeGreaterThan(0);
    for (const [, command = '', total = ''] of commands) {
      expect(command).toMatch(/^node_modules\/\.bin\/salesforce-connector /);
      const found = execFileSync('sh', ['-c', `${command} --format ids`], { cwd: project, encoding: 'utf8' });
      expect(found.trim().split('\n')).toHaveLength(Number(total));
    }
  });

  it('generates a sandbox org', async () => {
    const generated = await run(['sandbox', 'generate', 'big', '--accounts', '20', '--seed', '1']);
    expect(generated.code, generated.stderr).toBe(0);
    expect(existsSync(join(project, 'big', 'Account.csv'))).toBe(true);
  });

  const search = `
    import { openIndex } from 'salesforce-connector';
    const index = await openIndex('.data/small/config.yaml');
    const { hits, total } = await index.search('harbor', { as: 'admin@small.example' });
    console.log(total, hits.map(({ title }) => title).sort().join());
    await index.close();`;

  it('is a library for JavaScript', () => {
    writeFileSync(join(project, 'search.js'), search);
    const found = execFileSync(process.execPath, ['search.js'], { cwd: project, encoding: 'utf8' });
    expect(found).toBe('3 Harbor Bakery,Harbor Ferry,Harbor Mill\n');
  });

  /** Checks the types of the package and of everything that it imports. */
  const says = (text: string) =>
    compilerSays(project, text, { target: 'ES2023', lib: ['ES2023', 'DOM'], skipLibCheck: false });

  it('is a library for TypeScript, with types that compile on their own', () => {
    expect(says(search)).toBe('');
  });

  it('is refused by the compiler if it is used wrongly', () => {
    expect(says(search.replace('title', 'titel'))).toContain("'titel' does not exist on type 'Hit'");
  });
});
