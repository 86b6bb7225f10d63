import { setImmediate as breathe } from 'node:timers/promises';
import {
  type FieldLists,
  fieldLists,
  type IndexedFields,
  type IndexedObject,
  OBJECTS,
} from '../../../objects/index.ts';
import type { Database } from '../file/database.ts';
import { FIELD_LISTS, INDEXED } from '../file/forms.ts';
import { Damage, json } from '../file/stored.ts';
import { loadDocument, loadStrings, replaceStrings } from './documents.ts';
import { livePages } from './row-numbers.ts';

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
 * Makes these fields the file's fields, in a write transaction. Deletes the strings of other fields, so that none
 * reappears with its field later, when other users may read it. Returns false if nothing changed.
 */
export async function replaceIndexed(db: Database, { fields, titleFields }: IndexedFields): Promise<boolean> {
  const held = readIndexed(db);
  saveIndexed(db, { fields, titleFields });
  if (JSON.stringify(held) === JSON.stringify({ fields, titleFields })) return false;
  const narrowed = OBJECTS.filter(({ name }) => held.fields[name].some((field) => !fields[name].includes(field)));
  if (narrowed.length > 0) await removeStrings(db, narrowed, fields);
  return true;
}

/** Removes the strings of other fields from the documents of these objects. */
async function removeStrings(db: Database, objects: readonly IndexedObject[], fields: FieldLists): Promise<void> {
  for (const page of livePages(db)) {
    for (const id of page) {
      if (!objects.some(({ keyPrefix }) => id.startsWith(keyPrefix))) continue;
      const row = loadDocument(db, id);
      if (row === null) continue;
      const strings = Object.entries(loadStrings(db, row));
      const kept = strings.filter(([field]) => fields[row.facts.object].includes(field));
      if (kept.length < strings.length) replaceStrings(db, row, Object.fromEntries(kept));
    }
    await breathe();
  }
}
