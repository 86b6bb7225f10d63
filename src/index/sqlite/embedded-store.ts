import type { RunStore } from '../port/run-store.ts';
import { EmbeddedWords } from './engine/embedded-words.ts';
import type { Database } from './file/database.ts';
import { Principals } from './store/principals.ts';
import { SqliteRunStore } from './store/writer.ts';

/** Returns the store on an open file, with the embedded engine in the same file and the same transactions. */
export function embeddedStore(db: Database): RunStore {
  return new SqliteRunStore({ db, principals: new Principals(db), publication: new EmbeddedWords(db) });
}
