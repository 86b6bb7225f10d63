import { z } from 'zod';
import type { RecordFacts } from '../../../access/types.ts';
import { type ObjectName, objectNamed } from '../../../objects/index.ts';
import { type DocumentState, type Strings, stringsHash } from '../../model/merge.ts';
import type { ShownDocument } from '../../port/search-engine.ts';
import type { Database, Value } from '../file/database.ts';
import { codeOf, objectOf } from '../file/layout.ts';
import { Damage, flag, integer, json, optional, type RowOf, rowNumberIn, text, time } from '../file/stored.ts';
import { checkAscending, DISORDER } from './principals.ts';

export const INLINE_PRINCIPALS = 8;
const INLINE_COLUMNS = Array.from({ length: INLINE_PRINCIPALS }, (_, at) => `p${at}`);

/** The row of a document or of a tombstone, without its strings. */
export interface DocumentRow extends DocumentState {
  /** Its key in the file, and its strings'. It never changes. */
  readonly number: number;
  /** Its place in the order of hits. See row-numbers.ts. */
  readonly rowNumber: number;
}

const ROW_COLUMNS = [
  'did',
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
  rowNumberIn('did'),
  rowNumberIn('rid'),
  text('id'),
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

/** The values of `is_person`, by their stored number. */
const KINDS: readonly RecordFacts['isPersonAccount'][] = [false, true, 'unknown'];

/** True for no principals, and for strictly ascending ones. */
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
const UPDATE = `update doc set ${ROW_COLUMNS.map((column) => `${column} = ?`).join(', ')} where did = ?`;

/** Reads what a hit shows. Throws `Damage` for values that we did not write. */
export function loadShown(db: Database, rowNumber: number): ShownDocument {
  const row = db.get(SHOWN_COLUMNS, 'from doc left join body using (did) where rid = ?', rowNumber);
  if (row === undefined) throw new Damage('a record that was found is missing');
  const [id, obj, modified, accountId, isAscending, hash, strings] = row;
  const object = objectOf(obj);
  checkId(id, object);
  if (!isAscending) throw new Damage(DISORDER);
  checkStrings(strings, id, hash);
  return { id, object, modified, accountId, strings };
}

/** Reads a document. Throws `Damage` if its values do not fit together. */
export function loadDocument(db: Database, id: string): DocumentRow | null {
  const row = db.get(READ_COLUMNS, 'from doc where id = ?', id);
  return row === undefined ? null : documentOf(db, row);
}

/** Reads those of the documents that there are. Throws like `loadDocument`. */
export function loadDocuments(db: Database, ids: readonly string[]): DocumentRow[] {
  const rows = db.all(READ_COLUMNS, 'from doc where id in (select value from json_each(?))', JSON.stringify(ids));
  return rows.map((row) => documentOf(db, row));
}

function documentOf(db: Database, row: RowOf<typeof READ_COLUMNS>): DocumentRow {
  const [number, rowNumber, id, obj, live, version, sharesDue, hash, modified, ownerId, accountId] = row;
  const [isPrivate, isPerson, more] = row.slice(11) as [boolean, number, boolean];
  const object = objectOf(obj);
  checkId(id, object);
  const inline = row.slice(READ_COLUMNS.length - INLINE_PRINCIPALS) as (number | null)[];
  const principalNumbers = inline.filter((principalNumber) => principalNumber !== null);
  if (more) principalNumbers.push(...db.values(integer('p'), 'from more_access where rid = ? order by p', rowNumber));
  checkAscending(principalNumbers);
  return {
    number,
    rowNumber,
    id,
    live,
    version,
    sharesDue,
    hash,
    modified,
    facts: { object, ownerId, accountId, isPrivate, isPersonAccount: kindOf(isPerson) },
    principalNumbers,
  };
}

function kindOf(isPerson: number): RecordFacts['isPersonAccount'] {
  const kind = KINDS[isPerson];
  if (kind === undefined) throw new Damage('a person account flag is invalid');
  return kind;
}

/** Reads the strings of a live document, and checks them against the row's hash. */
export function loadStrings(db: Database, { number, id, hash }: DocumentRow): Strings {
  const strings = db.value(STRINGS, 'from body where did = ?', number) ?? null;
  checkStrings(strings, id, hash);
  return strings;
}

/** Checks the strings. The hash proves more than a schema would. */
function checkStrings(strings: Strings | null, id: string, hash: string): asserts strings is Strings {
  if (strings === null || stringsHash(id, strings) !== hash)
    throw new Damage('the strings of a record are not those that were written');
}

function checkId(id: string, object: ObjectName): void {
  if (!id.startsWith(objectNamed(object).keyPrefix)) throw new Damage('a record has the id of another object');
}

/** Writes the values that change without a change to anything indexed. One statement writes all rows that become alike. */
export function renewRows(db: Database, rows: readonly DocumentRow[]): void {
  const alike = new Map<string, { readonly values: readonly number[]; readonly numbers: number[] }>();
  for (const { number, version, sharesDue, facts } of rows) {
    const values = [version, sharesDue, facts.isPrivate ? 1 : 0, KINDS.indexOf(facts.isPersonAccount)];
    const known = alike.get(values.join());
    if (known === undefined) alike.set(values.join(), { values, numbers: [number] });
    else known.numbers.push(number);
  }
  for (const { values, numbers } of alike.values())
    db.run(
      `update doc set version = ?, shares_due = ?, is_private = ?, is_person = ?
       where did in (select value from json_each(?))`,
      ...values,
      JSON.stringify(numbers),
    );
}

/** Writes the row of a document: a new row, or a replacement for its old one. Changes principals only in this row. */
export function saveRow(db: Database, row: DocumentRow, isNew: boolean): void {
  const values: Value[] = [
    row.number,
    row.rowNumber,
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
    row.principalNumbers.length > INLINE_PRINCIPALS ? 1 : 0,
    ...INLINE_COLUMNS.map((_, at) => row.principalNumbers[at] ?? null),
  ];
  if (isNew) db.run(INSERT, ...values);
  else db.run(UPDATE, ...values, row.number);
}

/** Returns a number for a new document. It and the ones after it are free. */
export function freeNumber(db: Database): number {
  return (db.value(optional(rowNumberIn('max(did)')), 'from doc') ?? 0) + 1;
}

/** Removes a live document's further principals, and its strings if it becomes a tombstone. */
export function removeContent(db: Database, old: DocumentRow, next: DocumentRow): void {
  if (!next.live) db.run('delete from body where did = ?', old.number);
  if (old.principalNumbers.length > INLINE_PRINCIPALS) db.run('delete from more_access where rid = ?', old.rowNumber);
}

/**
 * Writes a live document's strings, and further principals, under its row number.
 *
 * @param old the live document that `removeContent` was called with; null: none
 */
export function addContent(db: Database, old: DocumentRow | null, next: DocumentRow, strings: Strings): void {
  const { number, rowNumber, principalNumbers } = next;
  if (old === null) db.run('insert into body (did, json) values (?, ?)', number, JSON.stringify(strings));
  else if (old.hash !== next.hash) db.run('update body set json = ? where did = ?', JSON.stringify(strings), number);
  for (const principalNumber of principalNumbers.slice(INLINE_PRINCIPALS))
    db.run('insert into more_access (rid, p) values (?, ?)', rowNumber, principalNumber);
}

/** Replaces a live document's strings. */
export function replaceStrings(db: Database, row: DocumentRow, strings: Strings): void {
  db.run('update body set json = ? where did = ?', JSON.stringify(strings), row.number);
  db.run('update doc set hash = ? where did = ?', stringsHash(row.id, strings), row.number);
}
