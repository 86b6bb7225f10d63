import { hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { hasPersonAccounts } from '../../access/person-accounts.ts';
import { fieldLists, type IndexedFields, type IndexedObject, type ObjectName } from '../../objects/index.ts';
import { type Strings, stringsHash } from '../model/merge.ts';
import type { Staleness } from '../model/staleness.ts';
import { createWordTable, fillWordTable } from './engine/embedded-words.ts';
import type { Database } from './file/database.ts';
import { DESCRIBED } from './file/forms.ts';
import { LAYOUT, objectOf } from './file/layout.ts';
import { Damage, flag, integer, json, optional, rowNumberIn, text, time } from './file/stored.ts';
import { createSchema } from './schema.ts';
import { type Moves, saveCounts } from './store/counters.ts';
import { STRINGS } from './store/documents.ts';
import { readIndexed, saveEverHeld } from './store/indexed-fields.ts';
import { readMeta, writeMeta, writeStaleness } from './store/meta.ts';
import { documentRanges, RowNumbers } from './store/row-numbers.ts';

/** The number of documents between two yields to the event loop. */
const CHUNK = 200;

/** The layout of 0.2.0, whose documents have only their row numbers, and one before it. */
const RELEASED = '6.2';
const LAYOUTS = ['3.1', RELEASED];

/** The number of rows between two yields to the event loop: some 50 ms. */
const RANGE = 20_000;

/**
 * The notes that remain. The others belong to this layout only, or to the membership, which the next run reads again.
 */
const KEPT_NOTES = `'index_id', 'organization_id', 'refused_organization_id', 'highest_run', 'selection',
  'backfill_start', 'last_backfill', 'unguarded', 'contacts', 'contacts_mixed', 'pass', 'seen', 'unswept'`;

const OLD_DOCUMENT = [
  rowNumberIn('rid'),
  text('id'),
  integer('obj'),
  flag('live'),
  text('hash'),
  time('modified'),
  optional(STRINGS),
] as const;

/** The columns of a document that remain unchanged. */
const SAME = `id, obj, live, version, shares_due, modified, owner, account, is_private, is_person, more,
  p0, p1, p2, p3, p4, p5, p6, p7`;

export function canUpgrade(layout: string): boolean {
  return LAYOUTS.includes(layout);
}

/**
 * Upgrades a file of an earlier layout, in a write transaction. Documents, share rows, positions and the index id
 * remain. So searches work once a run has read who may see what, and an open backfill continues.
 */
export async function upgrade(db: Database): Promise<void> {
  const layout = db.value(text('value'), "from meta where key = 'layout'");
  await (layout === RELEASED ? numberDocuments(db) : rebuild(db));
}

/** Makes the row numbers the documents' numbers. They stay the row numbers, too. */
async function numberDocuments(db: Database): Promise<void> {
  db.exec(`
    drop index doc_recent;
    alter table doc rename column rid to did;
    alter table doc add column rid integer not null default 0;
    alter table body rename column rid to did;
  `);
  for (const [after, upTo] of documentRanges(db, RANGE)) {
    db.run('update doc set rid = did where did > ? and did <= ?', after, upTo);
    await breathe();
  }
  db.exec(`
    create unique index doc_rid on doc (rid);
    create index doc_recent on doc (obj, rid) where live = 1;
  `);
  db.run("update meta set value = ? where key = 'layout'", LAYOUT);
}

async function rebuild(db: Database): Promise<void> {
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
  createWordTable(db, indexed);
  await fillWordTable(db, indexed);
  addNotes(db, indexed, hasUnknownContacts);
}

/** Renames the tables, which retain their rows, and drops what can be rebuilt. Returns the old names. */
function setAside(db: Database): string[] {
  const named = (kind: string): string[] => db.values(text('name'), `from sqlite_master where ${kind}`);
  db.exec('drop table fts');
  for (const index of named("type = 'index' and sql is not null")) db.exec(`drop index "${index}"`);
  const tables = named("type = 'table' and name not like 'sqlite_%'");
  for (const table of tables) db.exec(`alter table "${table}" rename to "old_${table}"`);
  return tables;
}

/** Copies the documents. Returns the number of live ones. */
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
      const rowNumber = numbers.numberFor(modified, id);
      const newHash = live ? stringsHash(id, strings ?? {}) : '';
      db.run(
        `insert into doc (did, rid, hash, ${SAME}) select rid, ?, ?, ${SAME} from old_doc where rid = ?`,
        rowNumber,
        newHash,
        old,
      );
      db.run('insert into body (did, json) select rid, json from old_body where rid = ?', old);
      db.run('insert into more_access (rid, p) select ?, p from old_more_access where rid = ?', rowNumber, old);
    }
    const end = page.at(-1);
    if (end === undefined) return counts;
    if (end[0] <= last) throw new Damage('its rows are out of order');
    [last] = end;
    await breathe();
  }
}

/** Checks a document against its hash, which earlier layouts computed differently. */
function checkStrings(object: ObjectName, strings: Strings | null, stored: string): void {
  const entries = Object.entries(strings ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const made = hash('sha256', JSON.stringify([object, entries]), 'base64').slice(0, 22);
  if (strings === null || made !== stored) throw new Damage('the strings of a record are not those that were written');
}

/**
 * Reports whether contacts may be of an unknown kind. If the org did not show a contact's kind, earlier releases
 * treated it as a business contact. If the org did not show its account, they treated it as one without. Documents that
 * an open backfill has not read yet may be older than the last describe.
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
 * Writes the notes that earlier layouts lack. The last run that wrote counts as admitted, so that it can continue.
 * Access to contacts that another rule may have written is denied until the next complete backfill has ended.
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
  const isReported = ({ name, fields }: IndexedObject, field: string): boolean =>
    fields.includes(field) || indexed.titleFields[name].includes(field);
  saveEverHeld(
    db,
    fieldLists((object) => indexed.fields[object.name].filter((field) => isReported(object, field))),
  );
  writeStaleness(db, withoutSets(staleness));
}

/**
 * Drops the hashes of permission sets. Earlier releases read more of their assignments, so the hashes differ for no
 * other reason.
 */
function withoutSets({ seen, stale }: Staleness): Staleness {
  const objects = Object.entries(seen).map(([name, { sight, ...rest }]) => {
    if (sight === null) return [name, { sight, ...rest }];
    const { sets: _, ...traces } = sight.traces;
    return [name, { ...rest, sight: { ...sight, traces } }];
  });
  return { seen: Object.fromEntries(objects), stale };
}
