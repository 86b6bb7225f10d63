import type { ObjectName } from '../../../objects/index.ts';
import type { Place } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { integer, optional, rowNumberIn, rowNumbersIn } from '../file/stored.ts';
import { storedCounts } from '../store/counters.ts';
import { carriedExpression } from './query.ts';
import type { ScopeSql, VisibleGroup } from './scope-sql.ts';
import { ABOVE, isOneOf, matched, rowNumbersOf, valuesOf } from './scope-statements.ts';
import type { Tuning } from './tuning.ts';

/** The newest visible documents. */
export interface Newest {
  /** The newest first. */
  readonly rowNumbers: readonly number[];
  /** The time was over: these are all from this row number on. Null: these are as many as asked, or all. */
  readonly stoppedAt: number | null;
}

/** A list that is asked for. */
interface Asked {
  readonly db: Database;
  readonly visible: ScopeSql;
  /** Only rows below this one. */
  readonly below: number;
  readonly atMost: number;
  readonly tuning: Tuning;
  readonly isOver: () => boolean;
}

const WINDOW = [
  rowNumbersIn('iif(is_visible, rid, null)'),
  optional(rowNumberIn('min(rid)')),
  integer('count(*)'),
] as const;

/** Returns the last modified visible documents after the place, at most `atMost`. See `EngineView.find`. */
export function findNewest(
  db: Database,
  visible: ScopeSql,
  {
    after,
    atMost,
    tuning,
    isOver,
  }: { readonly after: Place | null; readonly atMost: number; readonly tuning: Tuning; readonly isOver: () => boolean },
): Newest {
  const asked: Asked = { db, visible, below: after?.score === 0 ? after.order : ABOVE, atMost, tuning, isOver };
  const parts = visible.groups.flatMap((group) =>
    carriedExpression(group) === null
      ? group.objects.map((object) => tested(asked, group, object))
      : [{ rowNumbers: carrying(asked, group, group.objects), stoppedAt: null }],
  );
  const stoppedAt = Math.max(...parts.map((part) => part.stoppedAt ?? -1));
  const rowNumbers = parts
    .flatMap((part) => part.rowNumbers)
    .filter((rowNumber) => rowNumber >= stoppedAt)
    .sort((one, other) => other - one)
    .slice(0, atMost);
  return { rowNumbers, stoppedAt: stoppedAt < 0 || rowNumbers.length === atMost ? null : stoppedAt };
}

/** Finds the documents that carry what the group requires. */
function carrying(
  { db, visible, below, atMost }: Asked,
  group: VisibleGroup,
  objects: readonly ObjectName[],
): number[] {
  return rowNumbersOf(
    db,
    `f.rowid rid ${matched(visible)} and ${isOneOf(objects)} order by f.rowid desc limit ?4`,
    valuesOf(visible, carriedExpression(group), { below, atMost }),
  );
}

/**
 * Tests the documents of an object one by one, the newest first, in windows that become larger. If few of them are
 * visible, and looking up each of the user's principals takes less time, it changes to that.
 */
function tested(asked: Asked, group: VisibleGroup, object: ObjectName): Newest {
  const { db, visible, atMost, tuning, isOver } = asked;
  const rowNumbers: number[] = [];
  let { below } = asked;
  let tests = 0;
  for (let size = tuning.firstWindow; ; size = Math.min(size * 2, tuning.largestWindow)) {
    const [seen, lowest, count] = windowOf(db, visible, object, below, size);
    rowNumbers.push(...seen);
    if (rowNumbers.length >= atMost || count < size || lowest === null) return { rowNumbers, stoppedAt: null };
    tests += count;
    below = lowest;
    if (isOver()) return { rowNumbers, stoppedAt: below };
    const { manyPrincipals } = group;
    if (manyPrincipals === null) continue;
    const left = atMost - rowNumbers.length;
    const rest = (storedCounts(db)?.[object] ?? 0) - tests;
    const testsLeft = Math.min(rest, (left * tests) / Math.max(rowNumbers.length, 1));
    if (manyPrincipals.length * tuning.testsPerPrincipal >= testsLeft) continue;
    const rests = byPrincipals({ ...asked, below, atMost: left }, group, object, manyPrincipals);
    return rests === null
      ? { rowNumbers, stoppedAt: below }
      : { rowNumbers: [...rowNumbers, ...rests], stoppedAt: null };
  }
}

/** Tests that many documents. Returns the visible ones, the last one that was tested, and how many were. */
function windowOf(
  db: Database,
  visible: ScopeSql,
  object: ObjectName,
  below: number,
  size: number,
): readonly [seen: number[], lowest: number | null, count: number] {
  const rows = 'select did from doc where live = 1 and obj = ?1 and rid < ?3 and rid >= ?5 order by rid desc limit ?4';
  return (
    db.get(
      WINDOW,
      `from (select d.rid rid, ${visible.condition} is_visible from (${rows}) w cross join doc d on d.did = w.did)`,
      ...valuesOf(visible, codeOf(object), { below, atMost: size }),
    ) ?? [[], null, 0]
  );
}

/** Looks up the principals, some at a time, because FTS5 asks each of them for each document. Null: the time is over. */
function byPrincipals(asked: Asked, group: VisibleGroup, object: ObjectName, all: readonly number[]): number[] | null {
  const { principalsPerQuery: size } = asked.tuning;
  const found = new Set<number>();
  for (let at = 0; at < all.length; at += size) {
    if (at > 0 && asked.isOver()) return null;
    const some = { ...group, principalNumbers: all.slice(at, at + size) };
    for (const rowNumber of carrying(asked, some, [object])) found.add(rowNumber);
  }
  return [...found];
}
