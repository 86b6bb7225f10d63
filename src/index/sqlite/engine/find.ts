import type { ObjectName } from '../../../objects/index.ts';
import type { EngineQuery, Place } from '../../port/search-engine.ts';
import type { Database, Value } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { lines, rowNumberIn, rowNumbersIn } from '../file/stored.ts';
import { carriedExpression, type Level, rankedExpressions, wordsExpression } from './query.ts';
import type { ScopeSql } from './scope-sql.ts';

/** A document that was found. Its row number is the `order` of its place. */
export interface Found {
  readonly rowNumber: number;
  readonly score: number;
}

/** Above every row number. */
const ABOVE = Number.MAX_SAFE_INTEGER;

/** Finds the first `atMost` documents that have all the words in readable fields. See `EngineView.find`. */
export function findBest(
  db: Database,
  query: EngineQuery,
  visible: ScopeSql,
  after: Place | null,
  atMost: number,
): Found[] {
  const found: Found[] = [];
  for (const { score, expression } of levelsOf(query, visible)) {
    if (found.length >= atMost) break;
    if (after !== null && score > after.score) continue;
    const below = score === after?.score ? after.order : ABOVE;
    const rowNumbers = db.values(
      rowNumberIn('f.rowid'),
      `${matched(visible)} order by f.rowid desc limit ?4`,
      ...valuesOf(visible, expression, { below, atMost: atMost - found.length }),
    );
    for (const rowNumber of rowNumbers) found.push({ rowNumber, score });
  }
  return found;
}

/** Returns the levels of a query. By date there is one level. */
function levelsOf(query: EngineQuery, { groups }: ScopeSql): Level[] {
  if (query.sort === 'relevance') return rankedExpressions(groups, query);
  const expression = wordsExpression(groups, query.terms);
  return expression === null ? [] : [{ score: 0, expression }];
}

/** Counts the documents that `findBest` would find from the start, up to `atMost`. */
export function countWords(db: Database, { terms }: EngineQuery, visible: ScopeSql, atMost: number): number {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return 0;
  return db.count(`from (select 1 ${matched(visible)} limit ?4)`, ...valuesOf(visible, expression, { atMost }));
}

/** Reports whether `findBest` would find that visible document, at any place. */
export function hasWords(db: Database, rowNumber: number, { terms }: EngineQuery, visible: ScopeSql): boolean {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return false;
  return db.has('from fts where fts match ? and rowid = ?', expression, BigInt(rowNumber));
}

/** Returns every id that `findBest` would find without its limits. */
export function findAllWords(db: Database, { terms }: EngineQuery, visible: ScopeSql): string[] {
  const expression = wordsExpression(visible.groups, terms);
  if (expression === null) return [];
  return idsOf(db, `${matched(visible)} order by f.rowid desc`, valuesOf(visible, expression));
}

/**
 * Returns the row numbers of the last modified visible documents after the place, at most `atMost`, the last first. See
 * `EngineView.find`.
 */
export function findNewest(db: Database, visible: ScopeSql, after: Place | null, atMost: number): number[] {
  const below = after?.score === 0 ? after.order : ABOVE;
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

/** Returns the id of every visible document. */
export function findAll(db: Database, visible: ScopeSql): string[] {
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

/** Returns the row number of a document. Null: no such document is visible. */
export function findVisible(db: Database, id: string, visible: ScopeSql): number | null {
  const rest = `from doc d where d.id = ?1 and ${visible.condition}`;
  return db.value(rowNumberIn('d.rid'), rest, ...valuesOf(visible, id)) ?? null;
}

/** Returns the `from` clause for the visible documents that match an expression, which is ?1. */
function matched({ condition }: ScopeSql): string {
  return `from fts f cross join doc d on d.rid = f.rowid
    where fts match ?1 and f.rowid < ?3 and f.rowid >= ?5 and ${condition}`;
}

/** Returns the values of ?1 to ?9. Each statement uses some of them. */
function valuesOf(
  { map, rows, filters }: ScopeSql,
  first: Value,
  { below = ABOVE, atMost = -1 }: { readonly below?: number; readonly atMost?: number } = {},
): Value[] {
  return [first, map, BigInt(Math.min(below, rows.below)), BigInt(atMost), BigInt(rows.from), ...filters];
}

function idsOf(db: Database, rest: string, values: readonly Value[]): string[] {
  return db.value(lines('id'), `from (select d.id id ${rest})`, ...values) ?? [];
}

function rowNumbersOf(db: Database, select: string, values: readonly Value[]): number[] {
  return db.value(rowNumbersIn('rid'), `from (select ${select})`, ...values) ?? [];
}

function isOneOf(objects: readonly ObjectName[]): string {
  return `d.obj in (${objects.map(codeOf).join(', ')})`;
}
