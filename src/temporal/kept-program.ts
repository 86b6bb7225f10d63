import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Moves a fetched program into its place, and notes its SHA-256 beside it, as `sha256sum --check` reads it. A program is
 * used again only while it has the noted bytes: one that was cut off, swapped or spoilt is fetched again. Who may write
 * the folder can change the note too, so nobody but its owner may.
 */
export async function keepProgram(file: string, kept: string): Promise<void> {
  await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
  const hash = await sha256(file);
  await rename(file, kept);
  await writeFile(noteOf(kept), `${hash}  ${basename(kept)}\n`);
}

/** What is kept at the path: the very program that was fetched, another one, or nothing. */
export async function keptProgram(kept: string): Promise<'unchanged' | 'changed' | 'none'> {
  const hash = await sha256(kept).catch(() => null);
  if (hash === null) return 'none';
  const note = await readFile(noteOf(kept), 'utf8').catch(() => '');
  return note.split(' ')[0] === hash ? 'unchanged' : 'changed';
}

const noteOf = (kept: string): string => `${kept}.sha256`;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
