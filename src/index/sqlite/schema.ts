import { randomBytes, randomUUID } from 'node:crypto';
import { OBJECTS, STANDARD_FIELDS } from '../../objects/index.ts';
import { createWordTable } from './engine/embedded-words.ts';
import type { Database } from './file/database.ts';
import { codeOf, LAYOUT } from './file/layout.ts';
import { text } from './file/stored.ts';
import { saveIndexed } from './store/indexed-fields.ts';

/** Marks the file as ours ("SFix"), so that another program's database is never wiped. */
export const APPLICATION_ID = 0x53466978;

const TABLES = `
  create table meta (key text primary key, value text not null) without rowid;

  -- Per object: the watermarks of its records and of its share rows, and the position of the open backfill.
  create table progress (
    obj integer primary key, watermark text, shares_watermark text, after_id text, done integer, records_read integer
  );

  -- A document, or (live = 0) its tombstone. did: its number, in the order of writing. rid: its row number, in the order of hits,
  -- see row-numbers.ts. Records are not written in the order of their times: with the rid as the key, each new record would change
  -- a page of its own. shares_due is the version that its share rows must reach before they count as known; 0: known. is_person:
  -- 2: it may be a person account's contact, or not.
  create table doc (
    did integer primary key,
    rid integer not null,
    id text not null unique,
    obj integer not null,
    live integer not null,
    version integer not null,
    shares_due integer not null,
    hash text not null,
    modified integer not null,
    owner text,
    account text,
    is_private integer not null,
    is_person integer not null,
    more integer not null,
    p0 integer, p1 integer, p2 integer, p3 integer, p4 integer, p5 integer, p6 integer, p7 integer
  );
  create unique index doc_rid on doc (rid);
  create index doc_recent on doc (obj, rid) where live = 1;
  create index doc_account on doc (account) where live = 1 and account is not null;
  create index doc_dead on doc (version) where live = 0;

  -- The ninth principal of a document and the ones after it.
  create table more_access (rid integer not null, p integer not null, primary key (rid, p)) without rowid;

  -- A document's strings as Salesforce sent them, JSON.
  create table body (did integer primary key, json text not null);

  -- pid: the principal's number.
  create table principal (pid integer primary key, name text not null unique);

  -- All share rows of every parent that a share object names, indexed or not, as JSON; row_count and newest (the newest
  -- LastModifiedDate among them) are the ledger.
  create table parent (
    id text primary key, obj integer not null, version integer not null, row_count integer not null, newest integer,
    rows text not null
  ) without rowid;

  create index parent_ledger on parent (obj, id, row_count, newest) where row_count > 0;

  -- Records that could not be indexed: each has a tombstone of that version. since: the first run that could not index it.
  create table unindexed (
    id text primary key, obj integer not null, version integer not null, cause text not null, since integer not null
  ) without rowid;

  -- closed: the coverage gaps, JSON, for a person who opens the file. fields: every field at the time when the
  -- generation was made, without later columns. known: the groups that the org showed, and the objects that are shared.
  create table generation (
    gen integer primary key, as_of integer not null, closed text not null, fields text not null,
    known text not null
  );
  -- The org's tables that a generation was made of: the fields that describe lists, each table (reason: why it could not
  -- be read, as JSON, or as text from earlier releases; reading: when and how it was read, JSON), and its rows, in pieces
  -- of compressed JSON.
  create table org_fields (gen integer not null, described text not null);
  create table org_table (gen integer not null, name text not null, reason text, reading text);
  create table org_rows (gen integer not null, name text not null, piece integer not null, rows blob not null);
  create unique index org_fields_gen on org_fields (gen);
  create unique index org_table_name on org_table (gen, name);
  create unique index org_rows_piece on org_rows (gen, name, piece);
  -- The objects and fields that members may read. Members with the same access share a row, because a row lists hundreds
  -- of fields.
  create table access (gen integer not null, number integer not null, objects text not null);
  create unique index access_number on access (gen, number);
  create table member (
    gen integer not null, user text not null, until integer not null, pids blob not null, access integer not null
  );
  create unique index member_user on member (gen, user, until);
  create table user_name (
    gen integer not null, user text not null, name text not null, username text not null, federation text, email text,
    refused text
  );
  create unique index user_name_user on user_name (gen, user);
  create index user_name_username on user_name (gen, username);
  create index user_name_federation on user_name (gen, federation);
  create index user_name_email on user_name (gen, email);
`;

/** Creates an empty index with a new random id, in a write transaction. */
export function createSchema(db: Database): void {
  db.exec(TABLES);
  db.exec(`pragma application_id = ${APPLICATION_ID}`);
  for (const [key, value] of [
    ['layout', LAYOUT],
    ['index_id', randomUUID()],
    // See cursor-key.ts.
    ['cursor_key', randomBytes(32).toString('base64')],
  ] as const)
    db.run('insert into meta (key, value) values (?, ?)', key, value);
  saveIndexed(db, STANDARD_FIELDS);
  createWordTable(db, STANDARD_FIELDS);
  for (const object of OBJECTS) db.run('insert into progress (obj) values (?)', codeOf(object.name));
}

/** Drops the tables of any version, in a write transaction. Readers see the old index or the new one. */
export function dropSchema(db: Database): void {
  const virtual = db.values(
    text('name'),
    "from sqlite_master where type = 'table' and sql like 'create virtual table%'",
  );
  for (const name of virtual) db.exec(`drop table "${name}"`);
  const tables = db.values(text('name'), "from sqlite_master where type = 'table' and name not like 'sqlite_%'");
  for (const name of tables) db.exec(`drop table "${name}"`);
}
