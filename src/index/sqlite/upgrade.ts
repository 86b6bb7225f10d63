import { hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { hasPersonAccounts } from '../../access/person-accounts.ts';
import { fieldLists, type IndexedFields, type IndexedObject, type ObjectName } from '../../objects/index.ts';
import { stringsHash } from '../hash.ts';
import type { Staleness } from '../staleness.ts';
import { createWords, readIndexed, saveEverHeld, writeAllWords } from './columns.ts';
import { type Moves, saveCounts } from './counters.ts';
import type { Database } from './database.ts';
import { STRINGS, type Strings } from './documents.ts';
import { DESCRIBED } from './forms.ts';
import { objectOf } from './layout.ts';
import { readMeta, writeMeta, writeStaleness } from './meta.ts';
import { RowNumbers } from './row-numbers.ts';
import { createSchema } from './schema.ts';
import { Damage, flag, integer, json, optional, rowNumber, text, time } from './stored.ts';

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
  const hasUnknownContacts = holdsUnknownContacts(db);
  saveCounts(db, await copyDocuments(db));
  for (const table of tables) db.exec(`drop table "old_${table}"`);
  createWords(db, indexed);
  await writeAllWords(db, indexed);
  addNotes(db, indexed, hasUnknownContacts);
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

/** Returns how many live ones there are. */
async function copyDocuments(db: Database): Promise<Moves> {
  const counts: Moves = {};
  for (let last = -1; ; ) {
    const page = db.all(
      OLD_DOCUMENT,
      `from old_doc left join old_body using (rid) where rid > ? order by rid limit ${CHUNK}`,
      last,
    );
    const numbers = new RowNumbers(db);
    for (const [old, id, obj, live, storedHash, modified, strings] of page) {
      if (live) {
        const object = objectOf(obj);
        checkStrings(object, strings, storedHash);
        counts[object] = (counts[object] ?? 0) + 1;
      }
      const rid = numbers.numberFor(modified, id);
      const newHash = live ? stringsHash(id, strings ?? {}) : '';
      db.run(`insert into doc (rid, hash, ${SAME}) select ?, ?, ${SAME} from old_doc where rid = ?`, rid, newHash, old);
      db.run('insert into body (rid, json) select ?, json from old_body where rid = ?', rid, old);
      db.run('insert into more_access (rid, p) select ?, p from old_more_access where rid = ?', rid, old);
    }
    const end = page.at(-1);
    if (end === undefined) return counts;
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
 * Earlier releases took a contact for a business contact where the org did not show what it is, and for one without an account
 * where it did not show that. What an open backfill has not read yet may be older than what describe showed last.
 */
function holdsUnknownContacts(db: Database): boolean {
  const current = "(select value from old_meta where key = 'generation')";
  const described = db.value(json('described', DESCRIBED), `from old_org_fields where gen = ${current}`);
  if (described === undefined) return false;
  const shows = (field: string): boolean => described.Contact?.some(({ name }) => name === field) ?? false;
  if (!shows('AccountId')) return true;
  if (!hasPersonAccounts((object) => described[object])) return false;
  return !shows('IsPersonAccount') || db.has("from old_meta where key = 'backfill_start'");
}

/**
 * Writes the notes that earlier layouts do not have. The last run that wrote counts as admitted, so that it can go on.
 * Contacts that may have been written by another rule stay closed until the next complete backfill has ended.
 */
function addNotes(db: Database, indexed: IndexedFields, hasUnknownContacts: boolean): void {
  const { highestRun, backfillStart, staleness, ...before } = readMeta(db);
  const contactsMixed = before.contactsMixed || hasUnknownContacts;
  const highest = ['doc', 'parent', 'unindexed'].map(
    (table) => db.value(optional(time('max(version)')), `from ${table}`) ?? 0,
  );
  writeMeta(db, {
    admittedRun: highestRun,
    admittedStart: backfillStart,
    highestVersion: Math.max(...highest),
    contactsMixed,
    contactsChangedIn: contactsMixed ? backfillStart : null,
  });
  const isTold = ({ name, fields }: IndexedObject, field: string): boolean =>
    fields.includes(field) || indexed.titleFields[name].includes(field);
  saveEverHeld(
    db,
    fieldLists((object) => indexed.fields[object.name].filter((field) => isTold(object, field))),
  );
  writeStaleness(db, withoutSets(staleness));
}

/** Earlier releases read more assignments of permission sets, so that their hashes are others for no other reason. */
function withoutSets({ seen, stale }: Staleness): Staleness {
  const objects = Object.entries(seen).map(([name, { sight, ...rest }]) => {
    if (sight === null) return [name, { sight, ...rest }];
    const { sets: _, ...traces } = sight.traces;
    return [name, { ...rest, sight: { ...sight, traces } }];
  });
  return { seen: Object.fromEntries(objects), stale };
}
