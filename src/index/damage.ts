import { OBJECTS } from '../objects/index.ts';
import type { IndexLocation } from './location.ts';
import { IndexUnavailableError } from './port/errors.ts';
import { readCursorKey } from './sqlite/engine/cursor-key.ts';
import type { Database } from './sqlite/file/database.ts';
import { codeOf } from './sqlite/file/layout.ts';
import { rowNumberIn } from './sqlite/file/stored.ts';
import { readOnce } from './sqlite/open.ts';
import { storedCounts } from './sqlite/store/counters.ts';
import { loadShown } from './sqlite/store/documents.ts';
import { readIndexed } from './sqlite/store/indexed-fields.ts';
import { readMeta } from './sqlite/store/meta.ts';

/**
 * Returns the error of a damaged index. Null: this check found nothing. It reads what every search and every write
 * needs, and one document of each object. A check of everything would take time in proportion to the index.
 */
export async function damageOf({ path }: IndexLocation): Promise<string | null> {
  try {
    await readOnce(path, look);
  } catch (error) {
    if (!(error instanceof IndexUnavailableError)) throw error;
    return error.isDamaged ? error.message : null;
  }
  return null;
}

function look(db: Database): void {
  readMeta(db);
  readIndexed(db);
  storedCounts(db);
  readCursorKey(db);
  // Without it, another engine searches what is here.
  if (db.has("from sqlite_master where name = 'fts'")) db.has('from fts where fts match ?', 'x');
  for (const { name } of OBJECTS) {
    const newest = 'from doc where obj = ? and live = 1 order by rid desc limit 1';
    const rowNumber = db.value(rowNumberIn('rid'), newest, codeOf(name));
    if (rowNumber !== undefined) loadShown(db, rowNumber);
  }
}
