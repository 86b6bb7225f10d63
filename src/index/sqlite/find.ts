import type { ObjectName } from '../../objects/index.ts';
import { recordId18 } from '../record-id.ts';
import type { Term } from '../words.ts';
import type { Database } from './database.ts';
import { codeOf, WEIGHT_UNIT } from './layout.ts';
import { principalsExpression, wordsExpression } from './query.ts';
import type { Visibility } from './visibility.ts';

/** So many hits are counted, and ranked: of more, the newest indexed. FTS5 walks from the newest and stops there. */
export const POOL = 1_000;

/** With more documents than this, walking the newest ones finds enough sooner than sorting all. */
const SORTABLE = 20_000;

export interface Found {
  readonly rid: number;
  readonly score: number;
}

/** Documents by rid, both ends included. */
export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

/** Higher than every rid, and than every time. */
const TOP = Number.MAX_SAFE_INTEGER;

export const EVERY_RID: Range = { lowest: 0, highest: TOP };

export interface FoundWords {
  readonly found: readonly Found[];
  /** How many were ranked, and the range in which they lie. */
  readonly count: number;
  readonly range: Range;
}

/**
 * The `best` ones, best first, of the `newest` documents of the range with all the words in readable fields.
 *
 * @param newest null: all of the range
 */
export function findWords(
  db: Database,
  terms: readonly Term[],
  visible: Visibility,
  range: Range,
  { newest, best }: { readonly newest: number | null; readonly best: number },
): FoundWords {
  const expression = wordsExpression(visible.groups, terms);
  const rows =
    expression === null
      ? []
      : db.all<[number, number, number, number, number]>(
          `select rid, score, count(*) over (), min(rid) over (), max(rid) over () from (
             select f.rowid rid, abs(bm25(fts, ${visible.weights})) score from fts f cross join doc d on d.rid = f.rowid
             where fts match ?1 and f.rowid between ?3 and ?4 and ${visible.condition} order by f.rowid desc limit ?5
           ) order by score desc, rid desc limit ?6`,
          expression,
          visible.map,
          BigInt(range.lowest),
          BigInt(range.highest),
          // SQLite: a negative limit is none.
          BigInt(newest ?? -1),
          BigInt(best),
        );
  const [, , count = 0, lowest = 0, highest = 0] = rows[0] ?? [];
  return {
    found: rows.map(([rid, score]) => ({ rid, score: score / WEIGHT_UNIT })),
    count,
    range: { lowest, highest },
  };
}

/** Whether `findWords` finds that one document, at whatever place. */
export function hasWords(db: Database, rid: number, terms: readonly Term[], visible: Visibility): boolean {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return false;
  return db.get('select 1 from fts where fts match ? and rowid = ?', expression, BigInt(rid)) !== undefined;
}

/** Every id that `findWords` finds without its limits. */
export function findAllWords(db: Database, terms: readonly Term[], visible: Visibility): string[] {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return [];
  return firstColumn(
    db.all<[string]>(
      `select d.id from fts f cross join doc d on d.rid = f.rowid
       where fts match ?1 and ${visible.condition} order by f.rowid desc`,
      expression,
      visible.map,
    ),
  );
}

/** A place in the list of all documents, the last modified first. */
export interface Dated {
  readonly rid: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Before every document. */
export const LIST_START: Dated = { modified: TOP, rid: TOP };

/** The last modified documents that come after this one, at most so many. */
export function findNewest(db: Database, visible: Visibility, after: Dated, atMost: number): Dated[] {
  const found = visible.groups.flatMap((group) =>
    group.pids === null || !areFew(db, group.pids)
      ? group.objects.flatMap((object) => walk(db, object, visible, after, atMost))
      : sort(db, group.pids, group.objects, visible, after, atMost),
  );
  return found.sort((one, other) => other.modified - one.modified || other.rid - one.rid).slice(0, atMost);
}

/** Every id that the searcher may read. */
export function findAll(db: Database, visible: Visibility): string[] {
  return visible.groups.flatMap(({ pids, objects }) =>
    firstColumn(
      pids === null
        ? db.all<[string]>(
            `select d.id from doc d where ?1 = 0 and ${within(objects)} and ${visible.condition}`,
            0,
            visible.map,
          )
        : db.all<[string]>(
            `select d.id from fts f cross join doc d on d.rid = f.rowid
             where fts match ?1 and ${within(objects)} and ${visible.condition}`,
            principalsExpression(pids),
            visible.map,
          ),
    ),
  );
}

/** The document whose record id was typed (15 or 18 characters), where the searcher may read it. */
export function findRecord(
  db: Database,
  typed: string,
  visible: Visibility,
): { readonly rid: number; readonly id: string } | null {
  const id = recordId18(typed.trim());
  if (id === null) return null;
  const row = db.get<[number]>(`select d.rid from doc d where d.id = ?1 and ${visible.condition}`, id, visible.map);
  return row === undefined ? null : { rid: row[0], id };
}

function walk(db: Database, object: ObjectName, visible: Visibility, after: Dated, atMost: number): Dated[] {
  return dated(
    db.all<[number, number]>(
      `select d.rid, d.modified from doc d
       where d.live = 1 and d.obj = ?1 and (d.modified, d.rid) < (?3, ?4) and ${visible.condition}
       order by d.modified desc, d.rid desc limit ?5`,
      codeOf(object),
      visible.map,
      after.modified,
      after.rid,
      BigInt(atMost),
    ),
  );
}

function sort(
  db: Database,
  pids: readonly number[],
  objects: readonly ObjectName[],
  visible: Visibility,
  after: Dated,
  atMost: number,
): Dated[] {
  return dated(
    db.all<[number, number]>(
      `select d.rid, d.modified from fts f cross join doc d on d.rid = f.rowid
       where fts match ?1 and ${within(objects)} and (d.modified, d.rid) < (?3, ?4) and ${visible.condition}
       order by d.modified desc, d.rid desc limit ?5`,
      principalsExpression(pids),
      visible.map,
      after.modified,
      after.rid,
      BigInt(atMost),
    ),
  );
}

function dated(rows: readonly [number, number][]): Dated[] {
  return rows.map(([rid, modified]) => ({ rid, modified }));
}

function areFew(db: Database, pids: readonly number[]): boolean {
  const [count] = db.get<[number]>(
    `select count(*) from (select 1 from fts where fts match ? limit ${SORTABLE + 1})`,
    principalsExpression(pids),
  ) ?? [0];
  return count <= SORTABLE;
}

function within(objects: readonly ObjectName[]): string {
  return `d.obj in (${objects.map(codeOf).join(', ')})`;
}

function firstColumn(rows: readonly [string][]): string[] {
  return rows.map(([value]) => value);
}
