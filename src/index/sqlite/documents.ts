import { z } from 'zod';
import type { RecordFacts } from '../../access/types.ts';
import { type IndexedFields, type ObjectName, objectNamed } from '../../objects/index.ts';
import { stringsHash } from '../hash.ts';
import type { Database, Value } from './database.ts';
import { codeOf, columnOf, indexedStrings, objectOf } from './layout.ts';
import { checkAscending, DISORDER } from './principals.ts';
import { Damage, flag, integer, json, optional, rowNumber, text, time } from './stored.ts';

export const INLINE_PRINCIPALS = 8;
const INLINE_COLUMNS = Array.from({ length: INLINE_PRINCIPALS }, (_, at) => `p${at}`);

/** The row of a document or of a tombstone, without its strings. */
export interface DocumentRow {
  /** See row-numbers.ts. */
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

const READ_COLUMNS = [
  rowNumber('rid'),
  integer('obj'),
  flag('live'),
  time('version'),
  time('shares_due'),
  text('hash'),
  time('modified'),
  optional(text('owner')),
  optional(text('account')),
  flag('is_private'),
  integer('is_person'),
  flag('more'),
  ...INLINE_COLUMNS.map((column) => optional(integer(column))),
] as const;

/** How `is_person` is written. */
const KINDS: readonly RecordFacts['isPersonAccount'][] = [false, true, 'unknown'];

/** Of no principal, or of more and more. */
const IS_ASCENDING = INLINE_COLUMNS.map((column, at) =>
  at === 0 ? `coalesce(${column} > 0, 1)` : `coalesce(${column} > ${INLINE_COLUMNS[at - 1]}, ${column} is null)`,
).join(' and ');
export const STRINGS = json(
  'json',
  z.custom<Strings>((value) => typeof value === 'object' && value !== null),
);
const SHOWN_COLUMNS = [
  text('id'),
  integer('obj'),
  time('modified'),
  optional(text('account')),
  flag(`(${IS_ASCENDING})`),
  text('hash'),
  optional(STRINGS),
] as const;
const INSERT = `insert into doc (${ROW_COLUMNS.join(', ')}) values (${ROW_COLUMNS.map(() => '?').join(', ')})`;
const UPDATE = `update doc set ${ROW_COLUMNS.map((column) => `${column} = ?`).join(', ')} where rid = ?`;

/** What is shown of a live document. */
export interface ShownDocument {
  readonly id: string;
  readonly object: ObjectName;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly accountId: string | null;
  readonly strings: Strings;
}

/** Throws `Damage` for what was not written so. */
export function loadShown(db: Database, rid: number): ShownDocument {
  const row = db.get(SHOWN_COLUMNS, 'from doc left join body using (rid) where rid = ?', rid);
  if (row === undefined) throw new Damage('a record that was found is gone');
  const [id, obj, modified, accountId, isAscending, hash, strings] = row;
  const object = objectOf(obj);
  checkId(id, object);
  if (!isAscending) throw new Damage(DISORDER);
  checkStrings(strings, id, hash);
  return { id, object, modified, accountId, strings };
}

/** Throws `Damage` where its values do not fit together. */
export function loadDocument(db: Database, id: string): DocumentRow | null {
  const row = db.get(READ_COLUMNS, 'from doc where id = ?', id);
  if (row === undefined) return null;
  const [rid, obj, live, version, sharesDue, hash, modified, ownerId, accountId, isPrivate, isPerson, more] = row;
  const object = objectOf(obj);
  checkId(id, object);
  const inline = row.slice(READ_COLUMNS.length - INLINE_PRINCIPALS) as (number | null)[];
  const pids = inline.filter((pid) => pid !== null);
  if (more) pids.push(...db.values(integer('p'), 'from more_access where rid = ? order by p', rid));
  checkAscending(pids);
  return {
    rid,
    id,
    live,
    version,
    sharesDue,
    hash,
    modified,
    facts: { object, ownerId, accountId, isPrivate, isPersonAccount: kindOf(isPerson) },
    pids,
  };
}

function kindOf(isPerson: number): RecordFacts['isPersonAccount'] {
  const kind = KINDS[isPerson];
  if (kind === undefined) throw new Damage('whether a record is a person account is something else');
  return kind;
}

/** The strings of a live document: those that its row has the hash of. */
export function loadStrings(db: Database, { rid, id, hash }: DocumentRow): Strings {
  const strings = db.value(STRINGS, 'from body where rid = ?', rid) ?? null;
  checkStrings(strings, id, hash);
  return strings;
}

/** The hash says more than the form would. */
function checkStrings(strings: Strings | null, id: string, hash: string): asserts strings is Strings {
  if (strings === null || stringsHash(id, strings) !== hash)
    throw new Damage('the strings of a record are others than were written');
}

function checkId(id: string, object: ObjectName): void {
  if (!id.startsWith(objectNamed(object).keyPrefix)) throw new Damage('a record has the id of another object');
}

/** Writes what moves while all that is indexed stays. */
export function renewRow(db: Database, row: DocumentRow): void {
  db.run(
    `update doc set version = ?, shares_due = ?, is_private = ?, is_person = ? where rid = ?`,
    row.version,
    row.sharesDue,
    row.facts.isPrivate ? 1 : 0,
    KINDS.indexOf(row.facts.isPersonAccount),
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
    KINDS.indexOf(row.facts.isPersonAccount),
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
export function removeContent(db: Database, indexed: IndexedFields, row: DocumentRow): void {
  const { object } = row.facts;
  db.run(
    ftsStatement(object, indexed.fields[object], "'delete'"),
    BigInt(row.rid),
    ...indexedStrings(row, indexed, loadStrings(db, row)),
  );
  db.run('delete from body where rid = ?', row.rid);
  if (row.pids.length > INLINE_PRINCIPALS) db.run('delete from more_access where rid = ?', row.rid);
}

/** Adds a live document's words, strings and further principals, under its rid. */
export function addContent(db: Database, indexed: IndexedFields, row: DocumentRow, strings: Strings): void {
  addWords(db, indexed, row, strings);
  db.run('insert into body (rid, json) values (?, ?)', row.rid, JSON.stringify(strings));
  for (const pid of row.pids.slice(INLINE_PRINCIPALS))
    db.run('insert into more_access (rid, p) values (?, ?)', row.rid, pid);
}

/** Adds a live document's words, under its rid. */
export function addWords(db: Database, indexed: IndexedFields, row: DocumentRow, strings: Strings): void {
  const { object } = row.facts;
  db.run(ftsStatement(object, indexed.fields[object], null), BigInt(row.rid), ...indexedStrings(row, indexed, strings));
}

/** Writes other strings in the place of a live document's. Its words are not touched. */
export function replaceStrings(db: Database, row: DocumentRow, strings: Strings): void {
  db.run('update body set json = ? where rid = ?', JSON.stringify(strings), row.rid);
  db.run('update doc set hash = ? where rid = ?', stringsHash(row.id, strings), row.rid);
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
