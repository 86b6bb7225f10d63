import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeFromEngine } from './engine-of.ts';
import type { IndexLocation } from './location.ts';
import { removeFiles } from './sqlite/files.ts';

/** Reports whether there is an index, readable or not. */
export function indexExists({ path }: IndexLocation): boolean {
  return existsSync(path);
}

/**
 * Removes the index. What is kept beside it stays. Throws the error of the file system if a file cannot be removed, and
 * an `IndexUnavailableError` if a search engine outside the file cannot be reached: nothing is removed then.
 *
 * Returns whether such an engine had anything of it. Null: there is none.
 */
export async function removeIndex(index: IndexLocation): Promise<boolean | null> {
  const engineHadIt = await removeFromEngine(index);
  await removeFiles(index.path);
  return engineHadIt;
}

/** Removes the folder of the index if it is empty. */
export async function removeEmptyFolder({ path }: IndexLocation): Promise<void> {
  await rmdir(dirname(path)).catch(() => {});
}
