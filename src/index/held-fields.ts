import type { IndexLocation } from './location.ts';
import { SearchRefusedError } from './port/errors.ts';
import type { HeldFields } from './port/state.ts';
import { openForReading } from './sqlite/open.ts';
import { readEverHeld, readIndexed } from './sqlite/store/held-fields.ts';
import { readMeta } from './sqlite/store/meta.ts';

/**
 * Reads the fields that are in the index. Null: there is no index that this version can read, or no backfill has begun
 * to fill it.
 *
 * @throws IndexUnavailableError if the file cannot be read, or is not an index
 */
export async function heldFields({ path }: IndexLocation): Promise<HeldFields | null> {
  try {
    const db = await openForReading(path);
    try {
      return db.reading(() =>
        readMeta(db).schema === null ? null : { indexed: readIndexed(db), everHeld: readEverHeld(db) },
      );
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof SearchRefusedError) return null;
    throw error;
  }
}
