import type { ObjectName } from '../../objects/index.ts';
import { recordId18 } from '../../record-id.ts';
import type { Sort } from '../filters.ts';
import type { Database, Value } from './database.ts';
import { codeOf } from './layout.ts';
import { carriedExpression, type Level, type Query, rankedExpressions, wordsExpression } from './query.ts';
import { lines, rowNumber, rowNumbers } from './stored.ts';
import type { Visibility } from './visibility.ts';

/** A document, and its place among the hits: by score, then by row number. */
export interface Found {
  readonly rid: number;
  readonly score: number;
}

/** Before every document. */
export const START: Found = { rid: Number.MAX_SAFE_INTEGER, score: Number.MAX_SAFE_INTEGER };

/** The first documents, in that order, with all the words in readable fields that come after this one: `atMost` of them. */
export function findBest(
  db: Database,
  query: Query & { readonly sort: Sort },
  visible: Visibility,
  after: Found,
  atMost: number,
): Found[] {
  const found: Found[] = [];
  for (const { score, expression } of levelsOf(query, visible)) {
    if (found.length >= atMost) break;
    if (score > after.score) continue;
    const below = score === after.score ? after.rid : START.rid;
    const rids = db.values(
      rowNumber('f.rowid'),
      `${matched(visible)} order by f.rowid desc limit ?4`,
      ...valuesOf(visible, expression, { below, atMost: atMost - found.length }),
    );
    for (const rid of rids) found.push({ rid, score });
  }
  return found;
}

/** By date there is one level. */
function levelsOf({ sort, ...query }: Query & { readonly sort: Sort }, { groups }: Visibility): Level[] {
  if (sort === 'relevance') return rankedExpressions(groups, query);
  const expression = wordsExpression(groups, query.terms);
  return expression === null ? [] : [{ score: 0, expression }];
}

/** How many documents `findBest` would find from the start, counted up to `atMost`. */
export function countWords(db: Database, { terms }: Query, visible: Visibility, atMost: number): number {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return 0;
  return db.count(`from (select 1 ${matched(visible)} limit ?4)`, ...valuesOf(visible, expression, { atMost }));
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
  return idsOf(db, `${matched(visible)} order by f.rowid desc`, valuesOf(visible, expression));
}

/** The row numbers of the last modified documents below this one, the last first, `atMost` of them. */
export function findNewest(db: Database, visible: Visibility, below: number, atMost: number): number[] {
  const found = visible.groups.flatMap((group) => {
    const { objects } = group;
    const carried = carriedExpression(group);
    return carried === null
      ? objects.flatMap((object) =>
          rowNumbersOf(
            db,
            `d.rid rid from doc d where d.live = 1 and d.obj = ?1 and d.rid < ?3 and d.rid >= ?5 and ${visible.condition}
             order by d.rid desc limit ?4`,
            valuesOf(visible, codeOf(object), { below, atMost }),
          ),
        )
      : rowNumbersOf(
          db,
          `f.rowid rid ${matched(visible)} and ${isOneOf(objects)} order by f.rowid desc limit ?4`,
          valuesOf(visible, carried, { below, atMost }),
        );
  });
  return found.sort((one, other) => other - one).slice(0, atMost);
}

/** Every id that the searcher may read. */
export function findAll(db: Database, visible: Visibility): string[] {
  return visible.groups.flatMap((group) => {
    const objects = isOneOf(group.objects);
    const carried = carriedExpression(group);
    return carried === null
      ? idsOf(
          db,
          `from doc d where ${objects} and d.rid < ?3 and d.rid >= ?5 and ${visible.condition}`,
          valuesOf(visible, null),
        )
      : idsOf(db, `${matched(visible)} and ${objects}`, valuesOf(visible, carried));
  });
}

/** The document whose record id was typed (15 or 18 characters), where the searcher may read it. */
export function findRecord(
  db: Database,
  typed: string,
  visible: Visibility,
): { readonly rid: number; readonly id: string } | null {
  const id = recordId18(typed.trim());
  if (id === null) return null;
  const values = valuesOf(visible, id);
  const rid = db.value(rowNumber('d.rid'), `from doc d where d.id = ?1 and ${visible.condition}`, ...values);
  return rid === undefined ? null : { rid, id };
}

/** The documents that an expression, which is ?1, finds among those that are visible. */
function matched({ condition }: Visibility): string {
  return `from fts f cross join doc d on d.rid = f.rowid
    where fts match ?1 and f.rowid < ?3 and f.rowid >= ?5 and ${condition}`;
}

/** The values of ?1 to ?9, of which each statement names some. */
function valuesOf(
  { map, rows, filters }: Visibility,
  first: Value,
  { below = START.rid, atMost = -1 }: { readonly below?: number; readonly atMost?: number } = {},
): Value[] {
  return [first, map, BigInt(Math.min(below, rows.below)), BigInt(atMost), BigInt(rows.from), ...filters];
}

function idsOf(db: Database, rest: string, values: readonly Value[]): string[] {
  return db.value(lines('id'), `from (select d.id id ${rest})`, ...values) ?? [];
}

function rowNumbersOf(db: Database, select: string, values: readonly Value[]): number[] {
  return db.value(rowNumbers('rid'), `from (select ${select})`, ...values) ?? [];
}

function isOneOf(objects: readonly ObjectName[]): string {
  return `d.obj in (${objects.map(codeOf).join(', ')})`;
}
