import type { RunStore } from '../port/run-store.ts';
import type { SearchEngine } from '../port/search-engine.ts';
import { dropWordTable, EmbeddedWords, restoreWordTable } from './engine/embedded-words.ts';
import type { Database } from './file/database.ts';
import { dropDue } from './store/due.ts';
import { Outbox, type OutboxOptions } from './store/outbox.ts';
import { Principals } from './store/principals.ts';
import { SqliteRunStore } from './store/run-store.ts';

/** Returns the store on an open file, with the embedded engine in the same file and the same transactions. */
export async function embeddedStore(db: Database): Promise<RunStore> {
  await restoreWordTable(db);
  dropDue(db);
  return new SqliteRunStore({ db, principals: new Principals(db), publication: new EmbeddedWords(db) });
}

/** Returns the store on an open file that sends its changes to an engine outside the file. */
export async function publishingStore(
  db: Database,
  engine: SearchEngine,
  options: OutboxOptions = {},
): Promise<RunStore> {
  await dropWordTable(db);
  return new SqliteRunStore({ db, principals: new Principals(db), publication: new Outbox(db, engine, options) });
}
