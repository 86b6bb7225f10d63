import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { type Ended, processesOf } from '../cli/command-line.ts';
import { writeSmallOrg } from '../cli/small-org.ts';
import { compilerSays } from './compiler.ts';
import { installed } from './installed.ts';

/** The tarball that `npm pack` makes, installed into an empty project: the demo, the command, the library and its types. */

const project = mkdtempSync(join(tmpdir(), 'installed-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const { npm, run } = installed(project);
const home = join(project, 'node_modules', 'salesforce-connector');

let demo: Ended;
beforeAll(async () => {
  const [{ filename }] = JSON.parse(npm('pack', packageRoot(), '--json', '--ignore-scripts')) as [{ filename: string }];
  npm('init', '--yes');
  npm('pkg', 'set', 'type=module');
  npm('install', '--ignore-scripts', `./${filename}`);
  await writeSmallOrg(join(project, 'small'));
  demo = await run(['demo', '--once', '--org', 'small'], await fetchTemporal('temporal'));
}, 300_000);

describe('the package', () => {
  it('holds what runs, and neither sources nor tests', () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))).toMatchObject({ version });
    expect(readdirSync(join(home, 'dist')).sort()).toEqual([
      'activities',
      'sandbox',
      'src',
      'workflow-bundle.js',
      'workflows',
    ]);
    for (const there of ['config.example.yaml', 'docs/setup.md', 'sandbox/orgs/harbor/org.json'])
      expect(existsSync(join(home, there)), there).toBe(true);
    for (const apart of ['src', 'test', 'scripts', 'node_modules/typescript'])
      expect(existsSync(join(home, apart)), apart).toBe(false);
  });

  it('runs the demo: Temporal server, sandbox, worker, two runs', () => {
    expect(demo.code, demo.stderr).toBe(0);
    expect(demo.stdout).toMatch(/^Indexed by run 1, a complete backfill .*\n {2}Account +3 {3}\(3 added,/);
    expect(demo.stdout).toContain('Then run 2 (incremental): nothing had changed');
    expect(processesOf(project)).toEqual([]);
  });

  it('names search commands that can be typed in the project as they stand', () => {
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

  /** The types of the package and of what it imports are checked too. */
  const says = (text: string) =>
    compilerSays(project, text, { target: 'ES2023', lib: ['ES2023', 'DOM'], skipLibCheck: false });

  it('is a library for TypeScript, with types that check by themselves', () => {
    expect(says(search)).toBe('');
  });

  it('and a wrong use of it is refused by the compiler', () => {
    expect(says(search.replace('title', 'titel'))).toContain("'titel' does not exist on type 'Hit'");
  });
});
