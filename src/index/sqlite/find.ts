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

export interface FoundPage {
  readonly found: readonly Found[];
  /** Up to POOL + 1. */
  readonly count: number;
}

/** The best documents with all the words in readable fields. `limit` is at most POOL. */
export function findWords(db: Database, terms: readonly Term[], visible: Visibility, limit: number): FoundPage {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return { found: [], count: 0 };
  const rows = db.all<[number, number, number]>(
    `select rid, score, count(*) over () from (
       select f.rowid rid, abs(bm25(fts, ${visible.weights})) score from fts f cross join doc d on d.rid = f.rowid
       where fts match ?1 and ${visible.condition} order by f.rowid desc limit ${POOL + 1}
     ) order by score desc, rid desc limit ${limit}`,
    expression,
    visible.map,
  );
  return { found: rows.map(([rid, score]) => ({ rid, score: score / WEIGHT_UNIT })), count: rows[0]?.[2] ?? 0 };
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

/** The last modified documents. */
export function findNewest(db: Database, visible: Visibility, limit: number): FoundPage {
  const rows = visible.groups.flatMap((group) =>
    group.pids === null || !areFew(db, group.pids)
      ? group.objects.flatMap((object) => walk(db, object, visible))
      : sort(db, group.pids, group.objects, visible),
  );
  const newest = rows.sort(([ridA, modifiedA], [ridB, modifiedB]) => modifiedB - modifiedA || ridB - ridA);
  return {
    found: newest.slice(0, limit).map(([rid]) => ({ rid, score: 0 })),
    count: Math.min(newest.length, POOL + 1),
  };
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

type Dated = [rid: number, modified: number];

function walk(db: Database, object: ObjectName, visible: Visibility): Dated[] {
  return db.all<Dated>(
    `select d.rid, d.modified from doc d where d.live = 1 and d.obj = ?1 and ${visible.condition}
     order by d.modified desc, d.rid desc limit ${POOL + 1}`,
    codeOf(object),
    visible.map,
  );
}

function sort(db: Database, pids: readonly number[], objects: readonly ObjectName[], visible: Visibility): Dated[] {
  return db.all<Dated>(
    `select d.rid, d.modified from fts f cross join doc d on d.rid = f.rowid
     where fts match ?1 and ${within(objects)} and ${visible.condition}
     order by d.modified desc, d.rid desc limit ${POOL + 1}`,
    principalsExpression(pids),
    visible.map,
  );
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
