import { OBJECTS } from '../../objects/index.ts';
import type { IndexLocation } from '../location.ts';
import { IndexUnavailableError, SearchRefusedError } from '../port/errors.ts';
import { readCursorKey } from './engine/cursor-key.ts';
import type { Database } from './file/database.ts';
import { codeOf } from './file/layout.ts';
import { rowNumberIn } from './file/stored.ts';
import { openForReading } from './open.ts';
import { storedCounts } from './store/counters.ts';
import { loadShown } from './store/documents.ts';
import { readIndexed } from './store/held-fields.ts';
import { readMeta } from './store/meta.ts';

/**
 * Reports how the index is damaged, in the words of its error. Null: this check found nothing. Checks what
 * every search begins with, what every write relies on, and one document of each object. Checking everything takes time
 * in proportion to the index.
 */
export async function damageOf({ path }: IndexLocation): Promise<string | null> {
  try {
    const db = await openForReading(path);
    try {
      db.reading(() => look(db));
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof IndexUnavailableError) return error.isDamaged ? error.message : null;
    if (!(error instanceof SearchRefusedError)) throw error;
  }
  return null;
}

function look(db: Database): void {
  readMeta(db);
  readIndexed(db);
  storedCounts(db);
  readCursorKey(db);
  db.has('from fts where fts match ?', 'x');
  for (const { name } of OBJECTS) {
    const newest = 'from doc where obj = ? and live = 1 order by rid desc limit 1';
    const rowNumber = db.value(rowNumberIn('rid'), newest, codeOf(name));
    if (rowNumber !== undefined) loadShown(db, rowNumber);
  }
}
