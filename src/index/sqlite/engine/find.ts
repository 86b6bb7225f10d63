import type { EngineQuery, Place } from '../../port/search-engine.ts';
import type { Database, Value } from '../file/database.ts';
import { lines, rowNumberIn } from '../file/stored.ts';
import type { Completions } from './completions.ts';
import { carriedExpression, type Level, rankedExpressions, wordsExpression } from './query.ts';
import type { ScopeSql } from './scope-sql.ts';
import { ABOVE, isOneOf, matched, valuesOf } from './scope-statements.ts';

/** A document that was found. Its row number is the `order` of its place. */
export interface Found {
  readonly rowNumber: number;
  readonly score: number;
}

/** A query with words. */
export interface WordsQuery extends EngineQuery {
  readonly completions: Completions;
}

/** The best of the documents that were found. */
interface Best {
  readonly found: readonly Found[];
  /** See `Finding`. */
  readonly stoppedAt: Place | null;
}

/** Finds the first `atMost` documents that have all the words in readable fields, level by level. See `EngineView.find`. */
export function findBest(
  db: Database,
  query: WordsQuery,
  visible: ScopeSql,
  { after, atMost, isOver }: { readonly after: Place | null; readonly atMost: number; readonly isOver: () => boolean },
): Best {
  const found: Found[] = [];
  const left = levelsOf(query, visible).filter(({ score }) => after === null || score <= after.score);
  for (const [at, { score, expression }] of left.entries()) {
    if (found.length >= atMost) break;
    if (at > 0 && isOver()) return { found, stoppedAt: { score, order: ABOVE } };
    const below = score === after?.score ? after.order : ABOVE;
    const rowNumbers = db.values(
      rowNumberIn('f.rowid'),
      `${matched(visible)} order by f.rowid desc limit ?4`,
      ...valuesOf(visible, expression, { below, atMost: atMost - found.length }),
    );
    for (const rowNumber of rowNumbers) found.push({ rowNumber, score });
  }
  return { found, stoppedAt: null };
}

/** Returns the levels of a query. By date there is one level. */
function levelsOf(query: WordsQuery, { groups }: ScopeSql): Level[] {
  if (query.sort === 'relevance') return rankedExpressions(groups, query);
  const expression = wordsExpression(groups, query);
  return expression === null ? [] : [{ score: 0, expression }];
}

/** Counts the documents that `findBest` would find from the start, up to `atMost`. */
export function countWords(db: Database, query: WordsQuery, visible: ScopeSql, atMost: number): number {
  const expression = wordsExpression(visible.groups, query);
  if (expression === null) return 0;
  return db.count(`from (select 1 ${matched(visible)} limit ?4)`, ...valuesOf(visible, expression, { atMost }));
}

/** Reports whether `findBest` would find that visible document, at any place. */
export function hasWords(db: Database, rowNumber: number, query: WordsQuery, visible: ScopeSql): boolean {
  const expression = wordsExpression(visible.groups, query);
  if (expression === null) return false;
  return db.has('from fts where fts match ? and rowid = ?', expression, BigInt(rowNumber));
}

/** Returns every id that `findBest` would find without its limits. */
export function findAllWords(db: Database, query: WordsQuery, visible: ScopeSql): string[] {
  const expression = wordsExpression(visible.groups, query);
  if (expression === null) return [];
  return idsOf(db, `${matched(visible)} order by f.rowid desc`, valuesOf(visible, expression));
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

function idsOf(db: Database, rest: string, values: readonly Value[]): string[] {
  return db.value(lines('id'), `from (select d.id id ${rest})`, ...values) ?? [];
}
