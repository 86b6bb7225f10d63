import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';

/** What protects people who install and run this from a stranger's code. */

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bundleDependencies: readonly string[];
  readonly workspaces: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}
interface Workspace {
  readonly name: string;
  readonly version: string;
  readonly private: boolean;
  readonly dependencies?: unknown;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const workspace = JSON.parse(read('packages/sandbox/package.json')) as Workspace;
const lockedPaths = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages;
const locked = Object.entries(lockedPaths)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link)
  .map(([path, entry]) => ({ name: path.split('node_modules/').at(-1) ?? path, ...entry }));

describe('the dependencies', () => {
  const unpinned = (versions: Readonly<Record<string, string>>) =>
    Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));

  it('have exact versions', () => {
    expect(unpinned({ ...manifest.dependencies, ...manifest.devDependencies })).toEqual([]);
    expect(unpinned({ a: '^1.0.0', b: 'latest', c: 'git+https://example.com/c.git', d: '1.0.0' })).toHaveLength(3);
  });

  /** Without an address of its own, a package comes from the registry that npm is configured with. */
  const unproven = (entries: readonly Locked[]) =>
    entries.filter(({ resolved, integrity = '' }) => resolved !== undefined || !/^sha512-/.test(integrity));

  it('are pinned to their bytes, and name no download address', () => {
    expect(locked.length).toBeGreaterThan(200);
    expect(unproven(locked)).toEqual([]);
    const strange = [{ resolved: 'git+ssh://git@example.com/a.git#1234' }, { integrity: 'sha1-abc' }, {}];
    expect(unproven(strange)).toHaveLength(3);
  });

  it('run no install script: each package with a script is refused by name', () => {
    const withScript = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(withScript.length).toBeGreaterThan(0);
    const refused = Object.entries(manifest.allowScripts).filter(([, allowed]) => !allowed);
    expect(withScript.filter((name) => !refused.some(([each]) => each === name))).toEqual([]);
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });

  it('run none with an npm older than that list: every installer passes the option', () => {
    for (const path of [
      'Dockerfile',
      'docs/setup.md',
      'scripts/prepare.mjs',
      'scripts/record-histories.mjs',
      '.github/workflows/nightly.yml',
    ]) {
      // One command: another of the same line may have the option.
      const installs = [...read(path).matchAll(/\b(?:ci|prune)'?,? [^&\n]*/g)].map(([command]) => command);
      expect(installs.length, path).toBeGreaterThan(0);
      expect(
        installs.filter((command) => !command.includes('--ignore-scripts')),
        path,
      ).toEqual([]);
    }
  });
});

describe('the workspace', () => {
  it('travels in the tarball, and is linked here: no registry is asked for its name', () => {
    expect(manifest.workspaces).toEqual(['packages/sandbox']);
    expect(manifest.bundleDependencies).toEqual([workspace.name]);
    expect(manifest.dependencies[workspace.name]).toBe(workspace.version);
    expect(workspace.private).toBe(true);
    const links = Object.entries(lockedPaths).filter(([, { link }]) => link);
    expect(links).toEqual([[`node_modules/${workspace.name}`, { resolved: 'packages/sandbox', link: true }]]);
  });

  // What a bundled package depends on is bundled with it: libsql's program for the machine that packs.
  it('has the dependencies of the connector, and adds none', () => {
    expect(workspace.dependencies).toBeUndefined();
    expect(Object.keys(workspace.peerDependencies).length).toBeGreaterThan(0);
    for (const [name, version] of Object.entries(workspace.peerDependencies))
      expect(manifest.dependencies[name], name).toBe(version);
  });
});

describe('a package runner', () => {
  /**
   * If these packages are not installed, npx and similar runners fetch their names from the registry: nobody's, or a
   * stranger's.
   */
  const asking = (text: string) =>
    text.match(/\b(?:npx|npm exec|npm x|pnpm dlx|yarn dlx|bunx) (?:-\S+ )*(?:salesforce-connector|sandbox-org)\b/g) ??
    [];
  const folders = [
    '.github',
    'docs',
    'src',
    'workflows',
    'activities',
    'test',
    'scripts',
    'packages/sandbox/src',
    'packages/sandbox/test',
    'tools/chaos',
    'tools/bench',
  ];
  const files = [
    'README.md',
    'SECURITY.md',
    'packages/sandbox/README.md',
    'CONTRIBUTING.md',
    'docker-compose.yml',
    'docker-compose.opensearch.yml',
    'Dockerfile',
    '.ci/run',
    ...folders.flatMap((folder) =>
      readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(md|ts|mjs|txt|yml)$/.test(path))
        .map((path) => join(folder, path)),
    ),
  ];

  it('is not used in any command', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((path) => asking(read(path)).length > 0)).toEqual([]);
  });

  it('control: a use is found', () => {
    for (const program of ['salesforce-connector', 'sandbox-org']) {
      for (const runner of ['npx', 'npx --yes', 'npx --no', 'npm exec --no', 'bunx'])
        expect(asking(`${runner} ${program} check`), runner).toHaveLength(1);
      expect(asking(`bin/${program} check; npm pack ../${program}`)).toEqual([]);
    }
  });
});
