import { setImmediate as breathe } from 'node:timers/promises';
import { type FieldLists, fieldLists, type IndexedFields } from '../../../objects/index.ts';
import type { Database } from '../file/database.ts';
import { FIELD_LISTS, INDEXED } from '../file/forms.ts';
import { columnsOf } from '../file/layout.ts';
import { Damage, json, rowNumberIn, text } from '../file/stored.ts';
import { addWords, loadDocument, loadStrings, replaceStrings, type Strings } from '../store/documents.ts';

/** The number of documents between two yields to the event loop. */
const CHUNK = 500;

const INDEXED_NOTE = json('value', INDEXED);
const EVER_HELD = json('value', FIELD_LISTS);

/** Reads the fields that the file indexes. */
export function readIndexed(db: Database): IndexedFields {
  const stored = db.value(INDEXED_NOTE, "from meta where key = 'indexed'");
  if (stored === undefined) throw new Damage('it does not say which fields it contains');
  return stored;
}

export function saveIndexed(db: Database, indexed: IndexedFields): void {
  db.run("insert or replace into meta (key, value) values ('indexed', ?)", JSON.stringify(indexed));
}

/** Reads the fields that were ever held (see `HeldFields`). Empty if no backfill has begun. */
export function readEverHeld(db: Database): FieldLists {
  return db.value(EVER_HELD, "from meta where key = 'ever_held'") ?? fieldLists(() => []);
}

export function saveEverHeld(db: Database, everHeld: FieldLists): void {
  db.run("insert or replace into meta (key, value) values ('ever_held', ?)", JSON.stringify(everHeld));
}

/**
 * Creates the empty full-text table for these fields: contentless, and without column sizes, which nothing reads. We
 * split the words; the tokenizer only splits at spaces. `ascii` takes everything outside ASCII for letters. `unicode61`
 * has its own table, in which vowel signs split words, and newer letters are not letters.
 */
export function createWords(db: Database, indexed: IndexedFields): void {
  const columns = columnsOf(indexed);
  // Column names become part of the SQL.
  const odd = columns.find((column) => !/^[A-Za-z]\w*$/.test(column));
  if (odd !== undefined) throw new Error(`${JSON.stringify(odd)} cannot be a column.`);
  db.exec(
    `create virtual table fts using fts5(
       ${[...columns, 'acl'].join(', ')}, content='', columnsize=0, tokenize='ascii'
     )`,
  );
}

/**
 * Makes these fields the file's fields, in a write transaction; readers use the old full-text table until it ends. If
 * fields or titles changed, rebuilds the table from the stored strings of the fields that remain. Strings of the other
 * fields are deleted, so that none reappears with its field later, when other users may read it.
 */
export async function reshape(db: Database, indexed: IndexedFields): Promise<void> {
  const held = readIndexed(db);
  saveIndexed(db, indexed);
  if (JSON.stringify(held) === JSON.stringify(indexed)) return;
  db.exec('drop table fts');
  createWords(db, indexed);
  await writeAllWords(db, indexed);
}

/** Fills the empty full-text table from the stored strings, in a write transaction. */
export async function writeAllWords(db: Database, indexed: IndexedFields): Promise<void> {
  for (let last = -1; ; ) {
    const page = db.all(
      [rowNumberIn('rid'), text('id')],
      `from doc where live = 1 and rid > ? order by rid limit ${CHUNK}`,
      last,
    );
    for (const [, id] of page) reindex(db, indexed, id);
    const end = page.at(-1);
    if (end === undefined) return;
    if (end[0] <= last) throw new Damage('its rows are out of order');
    [last] = end;
    await breathe();
  }
}

function reindex(db: Database, indexed: IndexedFields, id: string): void {
  const row = loadDocument(db, id);
  if (row === null) return;
  const strings = loadStrings(db, row);
  const kept: Strings = Object.fromEntries(
    Object.entries(strings).filter(([field]) => indexed.fields[row.facts.object].includes(field)),
  );
  if (Object.keys(kept).length < Object.keys(strings).length) replaceStrings(db, row, kept);
  addWords(db, indexed, row, kept);
}
