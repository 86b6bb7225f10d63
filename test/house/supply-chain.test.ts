import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

/** What keeps a stranger's code away from those who install and run this. */

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}
interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const locked = Object.entries((JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ name: path.split('node_modules/').at(-1) ?? path, ...entry }));

describe('the dependencies', () => {
  const unpinned = (versions: Readonly<Record<string, string>>) =>
    Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));

  it('are each of one version', () => {
    expect(unpinned({ ...manifest.dependencies, ...manifest.devDependencies })).toEqual([]);
    expect(unpinned({ a: '^1.0.0', b: 'latest', c: 'git+https://example.com/c.git', d: '1.0.0' })).toHaveLength(3);
  });

  /** Without an address of its own, a package comes from the registry that npm is configured with. */
  const unproven = (entries: readonly Locked[]) =>
    entries.filter(({ resolved, integrity = '' }) => resolved !== undefined || !/^sha512-/.test(integrity));

  it('are locked to their bytes, and name no address to take them from', () => {
    expect(locked.length).toBeGreaterThan(200);
    expect(unproven(locked)).toEqual([]);
    const strange = [{ resolved: 'git+ssh://git@example.com/a.git#1234' }, { integrity: 'sha1-abc' }, {}];
    expect(unproven(strange)).toHaveLength(3);
  });

  it('run no install script: each that has one is refused by name', () => {
    const withScript = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(withScript.length).toBeGreaterThan(0);
    const refused = Object.entries(manifest.allowScripts).filter(([, allowed]) => !allowed);
    expect(withScript.filter((name) => !refused.some(([each]) => each === name))).toEqual([]);
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });

  it('and none where npm is older than that list: whatever installs them says so', () => {
    for (const path of ['Dockerfile', 'docs/setup.md', 'scripts/prepare.mjs', 'scripts/record-histories.mjs']) {
      const installs = [...read(path).matchAll(/\bci'?,? .*/g)].map(([line]) => line);
      expect(installs.length, path).toBeGreaterThan(0);
      expect(
        installs.filter((line) => !line.includes('--ignore-scripts')),
        path,
      ).toEqual([]);
    }
  });
});

describe('a package runner', () => {
  /** Where this package is not installed, npx and its like ask the registry for one of its name: nobody's, or a stranger's. */
  const asking = (text: string) =>
    text.match(/\b(?:npx|npm exec|npm x|pnpm dlx|yarn dlx|bunx) (?:-\S+ )*salesforce-connector\b/g) ?? [];
  const folders = ['docs', 'src', 'test', 'scripts', 'chaos', 'bench'];
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'docker-compose.yml',
    ...folders.flatMap((folder) =>
      readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(md|ts|mjs|txt)$/.test(path))
        .map((path) => join(folder, path)),
    ),
  ];

  it('is not what commands are written with, anywhere', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((path) => asking(read(path)).length > 0)).toEqual([]);
  });

  it('and one is found', () => {
    const program = 'salesforce-connector';
    for (const runner of ['npx', 'npx --yes', 'npx --no', 'npm exec --no', 'bunx'])
      expect(asking(`${runner} ${program} check`), runner).toHaveLength(1);
    expect(asking(`bin/${program} check; npm pack ../${program}`)).toEqual([]);
  });
});
