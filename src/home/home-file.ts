import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';
import type { Home } from '../facts/homes.ts';
import { besideIndex, type IndexLocation, indexName } from '../index/location.ts';

const CONTENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([a-z0-9-]{1,63})\n$/;

/** An index, and the connection that it belongs to. */
export interface IndexOf {
  readonly connection: string;
  readonly index: IndexLocation;
}

/**
 * Returns the path of the file beside the index that identifies this home. It outlives the index: no rebuild deletes
 * it.
 */
export function homeFile(index: IndexLocation): string {
  return besideIndex(index, '.home');
}

/** The file beside the index with what the worker reported last. */
export function notifiedFile(index: IndexLocation): string {
  return besideIndex(index, '-notified');
}

export function homeWith(id: string, index: IndexLocation): Home {
  return { id, host: hostname(), path: indexName(index) };
}

/**
 * Reads the id of the home. Null: there is no file.
 *
 * @throws UserError if the file cannot be read, is damaged, or belongs to another connection
 */
export async function readHomeId({ connection, index }: IndexOf): Promise<string | null> {
  const file = homeFile(index);
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unusable(file, 'read', code);
  }
  const [, id, owner] = CONTENT.exec(content) ?? [];
  if (id === undefined)
    throw new UserError(
      `${file} is damaged: it should hold the id of this index's home. Restore it from a backup, or delete it and run \`salesforce-connector apply --move-here\`.`,
    );
  if (owner !== connection)
    throw new UserError(
      `The index ${indexName(index)} belongs to connection ${owner}, not ${connection}: set another index.path or data_dir in this config.`,
    );
  return id;
}

/**
 * Returns the id of the home, and creates one if there is none. If several processes create one at once, all get the
 * same.
 *
 * @param id the id for a new home
 * @throws UserError as `readHomeId`, or if the folder is not writable
 */
export async function ensureHomeId(owned: IndexOf, id: string = randomUUID()): Promise<string> {
  const known = await readHomeId(owned);
  if (known !== null) return known;
  // Unlike a rename, a link never replaces what another process made, and nobody can read a partial file.
  await write(owned, id, (whole, file) =>
    link(whole, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    }),
  );
  return (await readHomeId(owned)) ?? id;
}

/** Replaces the home's id. Throws as `ensureHomeId`. */
export async function replaceHomeId(owned: IndexOf, id: string): Promise<void> {
  await write(owned, id, rename);
}

async function write(
  { connection, index }: IndexOf,
  id: string,
  place: (whole: string, file: string) => Promise<void>,
): Promise<void> {
  const file = homeFile(index);
  const whole = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(whole, `${id} ${connection}\n`, { mode: 0o600, flag: 'wx' });
    await place(whole, file);
  } catch (error) {
    throw unusable(file, 'written', (error as NodeJS.ErrnoException).code);
  } finally {
    await rm(whole, { force: true });
  }
}

function unusable(file: string, how: 'read' | 'written', code: string | undefined): UserError {
  return new UserError(`${file} cannot be ${how} (${code}): let this user read and write its folder.`);
}
