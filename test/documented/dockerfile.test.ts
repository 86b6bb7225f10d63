import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { INSTALLATION_TIMEOUT_MS, plainEnvironment } from './installed.ts';

/**
 * The Dockerfile without Docker: what it copies, of what .dockerignore lets through, into empty folders, and its npm
 * commands there. The system packages and the user are left out.
 */

const root = packageRoot();
const folder = mkdtempSync(join(tmpdir(), 'dockerfile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const build = join(folder, 'build');
const image = join(folder, 'image');

/** One instruction a line. */
const [, buildStage = [], imageStage = []] = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .split(/^FROM .*$/m)
  .map((stage) => stage.split('\n'));

/** Does .dockerignore let the path through? Its last line that matches the path, or a folder above it, decides. */
function isLetThrough(path: string): boolean {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const matches = (line: string) =>
    new RegExp(`^${line.replace(/^!/, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(?:/|$)`).test(path);
  return lines.findLast(matches)?.startsWith('!') ?? true;
}

/** What a stage copies, and where to, as paths from its folder. */
const copied = (stage: readonly string[], instruction: RegExp) =>
  stage.flatMap((line) => {
    const paths = (instruction.exec(line)?.[1] ?? '').split(' ').map((path) => path.replace(/^\/app\//, ''));
    const to = paths.pop() ?? '';
    return paths.map((path) => [path, to === './' ? path : to] as const);
  });

const sh = (command: string, cwd: string) =>
  execFileSync('sh', ['-c', command], { cwd, encoding: 'utf8', env: plainEnvironment(), stdio: 'pipe' });

beforeAll(() => {
  for (const [name, to] of copied(buildStage, /^COPY (?!--)(.+)$/))
    cpSync(join(root, name), join(build, to), {
      recursive: true,
      filter: (path) => isLetThrough(relative(root, path)),
    });
  for (const line of buildStage) if (line.startsWith('RUN npm ')) sh(line.slice('RUN '.length), build);
  mkdirSync(image);
  for (const [name, to] of copied(imageStage, /^COPY --from=build (.+)$/)) {
    mkdirSync(dirname(join(image, to)), { recursive: true });
    renameSync(join(build, name), join(image, to));
  }
}, INSTALLATION_TIMEOUT_MS);

describe('the image', () => {
  it('is built of what .dockerignore lets through', () => {
    expect(
      ['src/cli/main.ts', 'packages/sandbox/src/serve.ts', 'package.json'].filter((path) => !isLetThrough(path)),
    ).toEqual([]);
    const apart = [
      '.env',
      'node_modules/x',
      'tools/chaos/main.ts',
      'packages/sandbox/dist/serve.js',
      'packages/sandbox/test/x',
    ];
    expect(apart.filter(isLetThrough)).toEqual([]);
  });

  it('has the program', () => {
    expect(sh('node bin/salesforce-connector.js --version', image)).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(() => sh('node bin/salesforce-connector.js worker --config none.yaml', image)).toThrow(/none\.yaml/);
  });

  it('has the sandbox, which its link leads to', () => {
    const generate = 'node bin/salesforce-connector.js sandbox generate org --accounts 3 --seed 1';
    expect(sh(generate, image)).toMatch(/\n {2}Account +3\n/);
    rmSync(join(image, 'packages'), { recursive: true });
    expect(() => sh(generate.replace('org', 'other'), image)).toThrow(/@salesforce-connector\/sandbox/);
  });

  it('has no development dependency', () => {
    expect(() => sh('ls node_modules/vitest', image)).toThrow();
    expect(sh('ls node_modules/libsql', image)).toContain('package.json');
  });
});
