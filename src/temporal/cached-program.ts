import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Moves a fetched program into place, and writes its SHA-256 beside it, in the format of `sha256sum --check`. A program
 * is reused only while it has these bytes. A truncated, swapped or damaged program is fetched again. Anyone who can
 * write the folder can also change the note, so only its owner may.
 */
export async function cacheProgram(file: string, cached: string): Promise<void> {
  await mkdir(dirname(cached), { recursive: true, mode: 0o700 });
  const hash = await sha256(file);
  await rename(file, cached);
  await writeFile(noteOf(cached), `${hash}  ${basename(cached)}\n`);
}

/** Reports whether the path has the program that was fetched, a changed one, or nothing. */
export async function cachedProgram(cached: string): Promise<'unchanged' | 'changed' | 'none'> {
  const hash = await sha256(cached).catch(() => null);
  if (hash === null) return 'none';
  const note = await readFile(noteOf(cached), 'utf8').catch(() => '');
  return note.split(' ')[0] === hash ? 'unchanged' : 'changed';
}

const noteOf = (cached: string): string => `${cached}.sha256`;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
