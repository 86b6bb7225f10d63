import type { IndexLocation } from './location.ts';
import type { HeldFields } from './port/state.ts';
import { readOnce } from './sqlite/open.ts';
import { readEverHeld, readIndexed } from './sqlite/store/indexed-fields.ts';
import { readMeta } from './sqlite/store/meta.ts';

/**
 * Reads the fields that are in the index. Null: there is no index that this version can read, or no backfill has begun
 * to fill it.
 *
 * @throws IndexUnavailableError if the file cannot be read, or is not an index
 */
export function heldFields({ path }: IndexLocation): Promise<HeldFields | null> {
  return readOnce(path, (db) =>
    readMeta(db).schema === null ? null : { indexed: readIndexed(db), everHeld: readEverHeld(db) },
  );
}
