import { type BigIntStats, statSync } from 'node:fs';
import { IndexUnavailableError } from '../errors.ts';

/** What stands at the path; undefined: nothing. Throws `IndexUnavailableError` where this user may not look. */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    const remedy =
      code === 'EACCES'
        ? 'Work as the user whose worker writes it, or name a path in a folder that this user may read and write.'
        : 'Name a path in a folder that this user may read and write.';
    throw new IndexUnavailableError(`The index ${path} cannot be reached (${String(code)}). ${remedy}`);
  }
}
