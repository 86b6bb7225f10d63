import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { ensureHomeId, readHomeId } from '../../src/home/home-file.ts';
import { indexAt } from '../../src/index/location.ts';

let folder: string;
let index: string;
const home = (path = index, connection = 'acme') => ({ connection, index: indexAt(path) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connector-home-'));
  index = join(folder, 'below', 'index.db');
});

it('a home gets its id once, and concurrent callers get the same id', async () => {
  expect(await readHomeId(home())).toBeNull();
  const ids = await Promise.all(Array.from({ length: 20 }, () => ensureHomeId(home())));
  expect(new Set(ids).size).toBe(1);
  expect(await readHomeId(home())).toBe(ids[0]);
  expect(await ensureHomeId(home())).toBe(ids[0]);
  expect(readdirSync(join(folder, 'below'))).toEqual(['index.db.home']);
});

it('only the owner can read it', async () => {
  await ensureHomeId(home());
  expect(statSync(`${index}.home`).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'below')).mode & 0o777).toBe(0o700);
});

it.each(['', 'not an id', '0'.repeat(36)])('a file with %j is damaged, and is not overwritten', async (content) => {
  const id = await ensureHomeId(home());
  writeFileSync(`${index}.home`, content);
  const error = await ensureHomeId(home()).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toMatch(/damaged.*apply --move-here/);
  expect(readFileSync(`${index}.home`, 'utf8')).toBe(content);
  expect(id).toHaveLength(36);
});

it('a folder in place of the file is one clear error', async () => {
  await ensureHomeId(home(join(`${index}.home`, 'below')));
  await expect(readHomeId(home())).rejects.toThrow(/index\.db\.home cannot be read \(EISDIR\)/);
});

it('another connection may not use the index', async () => {
  await ensureHomeId(home());
  const error = await ensureHomeId(home(index, 'beta')).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toContain('belongs to connection acme, not beta');
});
