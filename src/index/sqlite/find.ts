import type { ObjectName } from '../../objects/index.ts';
import { recordId18 } from '../../record-id.ts';
import type { Database, Value } from './database.ts';
import { codeOf } from './layout.ts';
import { principalsExpression, type Query, rankedExpressions, wordsExpression } from './query.ts';
import { lines, rowNumber, rowNumbers } from './stored.ts';
import type { Visibility } from './visibility.ts';

/** A document, and its place among the hits: by score, then by row number. */
export interface Found {
  readonly rid: number;
  readonly score: number;
}

/** Before every document. */
export const START: Found = { rid: Number.MAX_SAFE_INTEGER, score: Number.MAX_SAFE_INTEGER };

/** The best documents with all the words in readable fields that come after this one, `atMost` of them. */
export function findBest(db: Database, query: Query, visible: Visibility, after: Found, atMost: number): Found[] {
  const found: Found[] = [];
  for (const { score, expression } of rankedExpressions(visible.groups, query)) {
    if (found.length >= atMost) break;
    if (score > after.score) continue;
    const rids = db.values(
      rowNumber('f.rowid'),
      `from fts f cross join doc d on d.rid = f.rowid
       where fts match ?1 and f.rowid < ?3 and ${visible.condition} order by f.rowid desc limit ?4`,
      expression,
      visible.map,
      BigInt(score === after.score ? after.rid : START.rid),
      BigInt(atMost - found.length),
    );
    for (const rid of rids) found.push({ rid, score });
  }
  return found;
}

/** How many documents `findBest` would find from the start, counted up to `atMost`. */
export function countWords(db: Database, { terms }: Query, visible: Visibility, atMost: number): number {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return 0;
  return db.count(
    `from (
       select 1 from fts f cross join doc d on d.rid = f.rowid where fts match ?1 and ${visible.condition} limit ?3
     )`,
    expression,
    visible.map,
    BigInt(atMost),
  );
}

/** Whether `findBest` finds that one document, at whatever place. */
export function hasWords(db: Database, rid: number, { terms }: Query, visible: Visibility): boolean {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return false;
  return db.has('from fts where fts match ? and rowid = ?', expression, BigInt(rid));
}

/** Every id that `findBest` finds without its limits. */
export function findAllWords(db: Database, { terms }: Query, visible: Visibility): string[] {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return [];
  return idsOf(
    db,
    `from fts f cross join doc d on d.rid = f.rowid where fts match ?1 and ${visible.condition} order by f.rowid desc`,
    expression,
    visible.map,
  );
}

/** The row numbers of the last modified documents below this one, the last first, `atMost` of them. */
export function findNewest(db: Database, visible: Visibility, below: number, atMost: number): number[] {
  const found = visible.groups.flatMap(({ pids, objects }) =>
    pids === null
      ? objects.flatMap((object) => newestOf(db, object, visible, below, atMost))
      : newestCarrying(db, pids, objects, visible, below, atMost),
  );
  return found.sort((one, other) => other - one).slice(0, atMost);
}

/** Every id that the searcher may read. */
export function findAll(db: Database, visible: Visibility): string[] {
  return visible.groups.flatMap(({ pids, objects }) =>
    pids === null
      ? idsOf(db, `from doc d where ?1 = 0 and ${within(objects)} and ${visible.condition}`, 0, visible.map)
      : idsOf(
          db,
          `from fts f cross join doc d on d.rid = f.rowid
           where fts match ?1 and ${within(objects)} and ${visible.condition}`,
          principalsExpression(pids),
          visible.map,
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
  const rid = db.value(rowNumber('d.rid'), `from doc d where d.id = ?1 and ${visible.condition}`, id, visible.map);
  return rid === undefined ? null : { rid, id };
}

function newestOf(db: Database, object: ObjectName, visible: Visibility, below: number, atMost: number): number[] {
  return rowNumbersOf(
    db,
    `d.rid rid from doc d where d.live = 1 and d.obj = ?1 and d.rid < ?3 and ${visible.condition}
       order by d.rid desc limit ?4`,
    codeOf(object),
    visible.map,
    BigInt(below),
    BigInt(atMost),
  );
}

function newestCarrying(
  db: Database,
  pids: readonly number[],
  objects: readonly ObjectName[],
  visible: Visibility,
  below: number,
  atMost: number,
): number[] {
  return rowNumbersOf(
    db,
    `f.rowid rid from fts f cross join doc d on d.rid = f.rowid
       where fts match ?1 and f.rowid < ?3 and ${within(objects)} and ${visible.condition}
       order by f.rowid desc limit ?4`,
    principalsExpression(pids),
    visible.map,
    BigInt(below),
    BigInt(atMost),
  );
}

function idsOf(db: Database, rest: string, ...values: Value[]): string[] {
  return db.value(lines('id'), `from (select d.id id ${rest})`, ...values) ?? [];
}

function rowNumbersOf(db: Database, select: string, ...values: Value[]): number[] {
  return db.value(rowNumbers('rid'), `from (select ${select})`, ...values) ?? [];
}

function within(objects: readonly ObjectName[]): string {
  return `d.obj in (${objects.map(codeOf).join(', ')})`;
}
