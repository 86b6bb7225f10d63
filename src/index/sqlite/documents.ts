import type { RecordFacts } from '../../access/types.ts';
import type { FieldLists, ObjectName } from '../../objects/index.ts';
import { stringsHash } from '../hash.ts';
import type { Database, Value } from './database.ts';
import { codeOf, columnOf, indexedStrings, objectOf } from './layout.ts';

export const INLINE_PRINCIPALS = 8;
const INLINE_COLUMNS = Array.from({ length: INLINE_PRINCIPALS }, (_, at) => `p${at}`);

/** The row of a document or of a tombstone, without its strings. */
export interface DocumentRow {
  readonly rid: number;
  readonly id: string;
  readonly live: boolean;
  readonly version: number;
  /** The version that its share rows must reach to count as known; 0: they are. */
  readonly sharesDue: number;
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly facts: RecordFacts;
  /** Numbers of its principals, ascending. */
  readonly pids: readonly number[];
}

export type Strings = Readonly<Record<string, string>>;

const ROW_COLUMNS = [
  'rid',
  'id',
  'obj',
  'live',
  'version',
  'shares_due',
  'hash',
  'modified',
  'owner',
  'account',
  'is_private',
  'is_person',
  'more',
  ...INLINE_COLUMNS,
] as const;

type Row = [
  rid: number,
  id: string,
  obj: number,
  live: number,
  version: number,
  sharesDue: number,
  hash: string,
  modified: number,
  owner: string | null,
  account: string | null,
  isPrivate: number,
  isPerson: number,
  more: number,
  ...inline: (number | null)[],
];

const SELECT = `select ${ROW_COLUMNS.join(', ')} from doc where id = ?`;
const INSERT = `insert into doc (${ROW_COLUMNS.join(', ')}) values (${ROW_COLUMNS.map(() => '?').join(', ')})`;
const UPDATE = `update doc set ${ROW_COLUMNS.map((column) => `${column} = ?`).join(', ')} where rid = ?`;

export function loadDocument(db: Database, id: string): DocumentRow | null {
  const row = db.get<Row>(SELECT, id);
  if (row === undefined) return null;
  const [
    rid,
    ,
    obj,
    live,
    version,
    sharesDue,
    hash,
    modified,
    ownerId,
    accountId,
    isPrivate,
    isPerson,
    more,
    ...inline
  ] = row;
  const pids = inline.filter((pid) => pid !== null);
  if (more === 1)
    pids.push(...db.all<[number]>('select p from more_access where rid = ? order by p', rid).map(([pid]) => pid));
  return {
    rid,
    id,
    live: live === 1,
    version,
    sharesDue,
    hash,
    modified,
    facts: {
      object: objectOf(obj),
      ownerId,
      accountId,
      isPrivate: isPrivate === 1,
      isPersonAccount: isPerson === 1,
    },
    pids,
  };
}

export function loadStrings(db: Database, rid: number): Strings {
  const row = db.get<[string]>('select json from body where rid = ?', rid);
  return row === undefined ? {} : (JSON.parse(row[0]) as Strings);
}

/** Higher than every rid in use. */
export function nextRid(db: Database): number {
  return (db.get<[number | null]>('select max(rid) from doc')?.[0] ?? 0) + 1;
}

/** Writes what moves while strings and principals stay. */
export function renewRow(db: Database, row: DocumentRow): void {
  db.run(
    `update doc set version = ?, shares_due = ?, owner = ?, is_private = ?, is_person = ? where rid = ?`,
    row.version,
    row.sharesDue,
    row.facts.ownerId,
    row.facts.isPrivate ? 1 : 0,
    row.facts.isPersonAccount ? 1 : 0,
    row.rid,
  );
}

/** Writes the row of a document: a new one, or in the place of the one with the rid `old`. Principals are not touched apart from the row. */
export function saveRow(db: Database, row: DocumentRow, old: number | null): void {
  const values: Value[] = [
    row.rid,
    row.id,
    codeOf(row.facts.object),
    row.live ? 1 : 0,
    row.version,
    row.sharesDue,
    row.hash,
    row.modified,
    row.facts.ownerId,
    row.facts.accountId,
    row.facts.isPrivate ? 1 : 0,
    row.facts.isPersonAccount ? 1 : 0,
    row.pids.length > INLINE_PRINCIPALS ? 1 : 0,
    ...INLINE_COLUMNS.map((_, at) => row.pids[at] ?? null),
  ];
  if (old === null) db.run(INSERT, ...values);
  else db.run(UPDATE, ...values, old);
}

/**
 * Takes a live document's words, strings and further principals away. FTS5 must be told the very strings that were
 * indexed; wrong ones would leave the document findable by them.
 */
export function removeContent(db: Database, fields: FieldLists, row: DocumentRow): void {
  const { object } = row.facts;
  db.run(
    ftsStatement(object, fields[object], "'delete'"),
    BigInt(row.rid),
    ...indexedStrings(fields[object], loadStrings(db, row.rid), row.pids),
  );
  db.run('delete from body where rid = ?', row.rid);
  if (row.pids.length > INLINE_PRINCIPALS) db.run('delete from more_access where rid = ?', row.rid);
}

/** Adds a live document's words, strings and further principals, under its rid. */
export function addContent(db: Database, fields: FieldLists, row: DocumentRow, strings: Strings): void {
  addWords(db, fields, row, strings);
  db.run('insert into body (rid, json) values (?, ?)', row.rid, JSON.stringify(strings));
  for (const pid of row.pids.slice(INLINE_PRINCIPALS))
    db.run('insert into more_access (rid, p) values (?, ?)', row.rid, pid);
}

/** Adds a live document's words, under its rid. */
export function addWords(db: Database, fields: FieldLists, row: DocumentRow, strings: Strings): void {
  const { object } = row.facts;
  db.run(
    ftsStatement(object, fields[object], null),
    BigInt(row.rid),
    ...indexedStrings(fields[object], strings, row.pids),
  );
}

/** Writes other strings in the place of a live document's. Its words are not touched. */
export function replaceStrings(db: Database, row: DocumentRow, strings: Strings): void {
  db.run('update body set json = ? where rid = ?', JSON.stringify(strings), row.rid);
  db.run('update doc set hash = ? where rid = ?', stringsHash(row.facts.object, strings), row.rid);
}

/** The row that stays of a document that is gone: its version, so that an older page cannot bring it back. */
export function tombstone(rid: number, id: string, object: ObjectName, version: number): DocumentRow {
  return {
    rid,
    id,
    live: false,
    version,
    sharesDue: 0,
    hash: '',
    modified: 0,
    facts: { object, ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false },
    pids: [],
  };
}

function ftsStatement(object: ObjectName, fields: readonly string[], command: string | null): string {
  const columns = [...fields.map((field) => columnOf(object, field)), 'acl'];
  const marks = columns.map(() => '?').join(', ');
  return command === null
    ? `insert into fts (rowid, ${columns.join(', ')}) values (?, ${marks})`
    : `insert into fts (fts, rowid, ${columns.join(', ')}) values (${command}, ?, ${marks})`;
}
