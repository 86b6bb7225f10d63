import { OBJECTS } from '../../objects/index.ts';
import { IndexUnavailableError, SearchRefusedError } from '../errors.ts';
import { readIndexed } from './columns.ts';
import { storedCounts } from './counters.ts';
import { Cursors } from './cursor.ts';
import type { Database } from './database.ts';
import { loadShown } from './documents.ts';
import { codeOf } from './layout.ts';
import { readMeta } from './meta.ts';
import { openForReading } from './open.ts';
import { rowNumber } from './stored.ts';

/**
 * How the file at the path is damaged, as its error says it; null: not that a look tells. It looks at what every search
 * begins with, at what every write goes by, and at one document of each object: to look at all takes as long as the index
 * is large.
 */
export async function damageOf(path: string): Promise<string | null> {
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
  new Cursors(db);
  db.has('from fts where fts match ?', 'x');
  for (const { name } of OBJECTS) {
    const newest = 'from doc where obj = ? and live = 1 order by rid desc limit 1';
    const rid = db.value(rowNumber('rid'), newest, codeOf(name));
    if (rid !== undefined) loadShown(db, rid);
  }
}
