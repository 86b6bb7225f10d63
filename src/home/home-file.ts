import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Home } from '../../workflows/contract.ts';
import { UserError } from '../user-error.ts';

const CONTENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([a-z0-9-]{1,63})\n$/;

/** Whose index a file is. */
export interface IndexOf {
  readonly connection: string;
  readonly path: string;
}

/** The file beside the index that says which home this is. It outlives the index: no rebuild deletes it. */
export function homeFile(indexPath: string): string {
  return `${indexPath}.home`;
}

export function homeWith(id: string, indexPath: string): Home {
  return { id, host: hostname(), path: indexPath };
}

/**
 * The id of the home; null: the file is not there.
 *
 * @throws UserError where the file cannot be read, holds something else, or is another connection's
 */
export async function readHomeId({ connection, path }: IndexOf): Promise<string | null> {
  const file = homeFile(path);
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
      `The index ${path} is that of connection ${owner}, not of ${connection}: give this config another index.path or data_dir.`,
    );
  return id;
}

/**
 * The id of the home, which gets one where it has none; of several processes that try at once all get the same.
 *
 * @param id the new home's
 * @throws UserError as `readHomeId`, or where the folder cannot be written
 */
export async function ensureHomeId(index: IndexOf, id: string = randomUUID()): Promise<string> {
  const known = await readHomeId(index);
  if (known !== null) return known;
  // Unlike a rename, a link does not replace what another process has made, and nobody reads half of it.
  await write(index, id, (whole, file) =>
    link(whole, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    }),
  );
  return (await readHomeId(index)) ?? id;
}

/** Gives the home this id, whatever it had. Throws as `ensureHomeId`. */
export async function replaceHomeId(index: IndexOf, id: string): Promise<void> {
  await write(index, id, rename);
}

async function write(
  { connection, path }: IndexOf,
  id: string,
  place: (whole: string, file: string) => Promise<void>,
): Promise<void> {
  const file = homeFile(path);
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
  return new UserError(`${file} cannot be ${how} (${code}): give this user the right to read and write its folder.`);
}
