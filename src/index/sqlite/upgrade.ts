import { hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { ObjectName } from '../../objects/index.ts';
import { stringsHash } from '../hash.ts';
import { createWords, readIndexed, writeAllWords } from './columns.ts';
import type { Database } from './database.ts';
import { STRINGS, type Strings } from './documents.ts';
import { objectOf } from './layout.ts';
import { readMeta, writeMeta } from './meta.ts';
import { RowNumbers } from './row-numbers.ts';
import { createSchema } from './schema.ts';
import { Damage, flag, integer, optional, rowNumber, text, time } from './stored.ts';

/** Documents between two looks at the event loop. */
const CHUNK = 200;

/** Layouts of earlier releases that `upgrade` reads. */
const LAYOUTS = ['3.1'];

/** Notes that stay. The others are of this layout alone, or of the membership, which the next run reads again. */
const KEPT_NOTES = `'index_id', 'organization_id', 'refused_organization_id', 'highest_run', 'selection',
  'backfill_start', 'last_backfill', 'unguarded', 'contacts', 'contacts_mixed', 'pass', 'seen', 'unswept'`;

const OLD_DOCUMENT = [
  rowNumber('rid'),
  text('id'),
  integer('obj'),
  flag('live'),
  text('hash'),
  time('modified'),
  optional(STRINGS),
] as const;

/** Columns of a document that stay as they are. */
const SAME = `id, obj, live, version, shares_due, modified, owner, account, is_private, is_person, more,
  p0, p1, p2, p3, p4, p5, p6, p7`;

export function canUpgrade(layout: string): boolean {
  return LAYOUTS.includes(layout);
}

/**
 * Makes a file of an earlier layout one of this layout. Documents, share rows, positions and the index id stay, so that
 * searches are answered once a run has read who may see what, and an open backfill goes on. Inside a write transaction.
 */
export async function upgrade(db: Database): Promise<void> {
  const indexed = readIndexed(db);
  const tables = setAside(db);
  createSchema(db);
  db.exec(`
    delete from meta where key in ('index_id', 'indexed');
    insert into meta select key, value from old_meta where key in (${KEPT_NOTES}, 'indexed');
    update progress set (watermark, shares_watermark, after_id, done, records_read) =
      (select watermark, watermark, after_id, done, records_read from old_progress where obj = progress.obj);
    insert into principal select pid, name from old_principal;
    insert into parent select id, obj, version, row_count, null, rows from old_parent;
    insert into unindexed select id, obj, version, cause, since from old_unindexed;
    drop table fts;
  `);
  await copyDocuments(db);
  for (const table of tables) db.exec(`drop table "old_${table}"`);
  createWords(db, indexed);
  await writeAllWords(db, indexed);
  addNotes(db);
}

/** Renames the tables, which keep their rows, and drops what can be made again. Returns their names. */
function setAside(db: Database): string[] {
  const named = (kind: string): string[] => db.values(text('name'), `from sqlite_master where ${kind}`);
  db.exec('drop table fts');
  for (const index of named("type = 'index' and sql is not null")) db.exec(`drop index "${index}"`);
  const tables = named("type = 'table' and name not like 'sqlite_%'");
  for (const table of tables) db.exec(`alter table "${table}" rename to "old_${table}"`);
  return tables;
}

async function copyDocuments(db: Database): Promise<void> {
  for (let last = -1; ; ) {
    const page = db.all(
      OLD_DOCUMENT,
      `from old_doc left join old_body using (rid) where rid > ? order by rid limit ${CHUNK}`,
      last,
    );
    const numbers = new RowNumbers(db);
    for (const [old, id, obj, live, storedHash, modified, strings] of page) {
      if (live) checkStrings(objectOf(obj), strings, storedHash);
      const rid = numbers.numberFor(modified, id);
      const newHash = live ? stringsHash(id, strings ?? {}) : '';
      db.run(`insert into doc (rid, hash, ${SAME}) select ?, ?, ${SAME} from old_doc where rid = ?`, rid, newHash, old);
      db.run('insert into body (rid, json) select ?, json from old_body where rid = ?', rid, old);
      db.run('insert into more_access (rid, p) select ?, p from old_more_access where rid = ?', rid, old);
    }
    const end = page.at(-1);
    if (end === undefined) return;
    if (end[0] <= last) throw new Damage('its rows are out of order');
    [last] = end;
    await breathe();
  }
}

/** Compares a document with the hash that earlier layouts have of it. */
function checkStrings(object: ObjectName, strings: Strings | null, stored: string): void {
  const entries = Object.entries(strings ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const made = hash('sha256', JSON.stringify([object, entries]), 'base64').slice(0, 22);
  if (strings === null || made !== stored) throw new Damage('the strings of a record are others than were written');
}

/**
 * Writes the notes that earlier layouts do not have. The last run that wrote counts as admitted, so that it can go on. If
 * some contacts have another derivation, the open backfill may have written them: only the next one settles it.
 */
function addNotes(db: Database): void {
  const { highestRun, backfillStart, contactsMixed } = readMeta(db);
  const highest = ['doc', 'parent', 'unindexed'].map(
    (table) => db.value(optional(time('max(version)')), `from ${table}`) ?? 0,
  );
  writeMeta(db, {
    admittedRun: highestRun,
    admittedStart: backfillStart,
    highestVersion: Math.max(...highest),
    contactsChangedIn: contactsMixed ? backfillStart : null,
  });
}
