import { expect, it } from 'vitest';
import type { LedgerRange, ParentRange } from '../../../src/index/port/ledger.ts';
import {
  groupId,
  guard,
  iso,
  type NewIndex,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
} from './setup.ts';

const ALL: ParentRange = { after: null, upTo: null };
const LATER = START + 9_000;

/** How many share rows each parent had at the last reading. A lower count reveals removed rows. */
export function ledger(newIndex: NewIndex): void {
  const rowsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => groupId(n));
  /** An index with these row counts for cases 1, 2, 3 …, and two rows for each of the leads 1 and 9. */
  const begin = async (...counts: number[]): Promise<Started> => {
    const world = await Started.begin(newIndex);
    await world.write({
      shares: [
        ...counts.map((count, at) => shares('Case', at + 1, rowsOf(count))),
        shares('Lead', 1, rowsOf(2)),
        shares('Lead', 9, rowsOf(2)),
      ],
    });
    return world;
  };
  const sums = (pieces: readonly LedgerRange[]) => pieces.map(({ parents, rows }) => [parents, rows]);

  it('counts rows of every parent of the object, indexed or not, and of no other object', async () => {
    const world = await begin(3, 0, 5);
    await world.write({ records: [record('Case', 1, { Subject: 'x' })] });
    expect(await world.store.shareLedger('Case', ALL, 1)).toEqual([{ ...ALL, parents: 2, rows: 8, newest: null }]);
    expect(await world.store.shareLedger('Opportunity', ALL, 5)).toEqual([
      { ...ALL, parents: 0, rows: 0, newest: null },
    ]);
    expect(await world.store.sharedParents('Case', ALL)).toEqual([recordId('Case', 1), recordId('Case', 3)]);
  });

  it('counts the rows that the query returned, not those that the index stores', async () => {
    const world = await begin();
    await world.write({ shares: [{ ...shares('Case', 1, rowsOf(1)), rowCount: 4 }] });
    expect(sums(await world.store.shareLedger('Case', ALL, 1))).toEqual([[1, 4]]);
  });

  it('a range starts after its first id, and ends with its last', async () => {
    const world = await begin(1, 2, 4, 8);
    const range = { after: recordId('Case', 1), upTo: recordId('Case', 3) };
    expect(sums(await world.store.shareLedger('Case', range, 1))).toEqual([[2, 6]]);
    expect(await world.store.sharedParents('Case', range)).toEqual([recordId('Case', 2), recordId('Case', 3)]);
    expect(sums(await world.store.shareLedger('Case', { ...range, after: null }, 1))).toEqual([[3, 7]]);
    expect(sums(await world.store.shareLedger('Case', { ...range, upTo: null }, 1))).toEqual([[3, 14]]);
  });

  it.each([
    [1, [[12, 78]]],
    [
      2,
      [
        [6, 21],
        [6, 57],
      ],
    ],
    [
      5,
      [
        [3, 6],
        [3, 15],
        [3, 24],
        [3, 33],
      ],
    ],
    [12, Array.from({ length: 12 }, (_, at) => [1, at + 1])],
    [50, Array.from({ length: 12 }, (_, at) => [1, at + 1])],
  ])(
    'splits a range into %i pieces with equal numbers of parents, in order, without gaps, and from end to end',
    async (pieces, expected) => {
      const world = await begin(...Array.from({ length: 12 }, (_, at) => at + 1));
      const parts = await world.store.shareLedger('Case', ALL, pieces);
      expect(sums(parts)).toEqual(expected);
      expect(parts.map(({ after }) => after)).toEqual([null, ...parts.slice(0, -1).map(({ upTo }) => upTo)]);
      expect(parts.at(-1)?.upTo).toBeNull();
    },
  );

  it.each([
    // The row count of a parent is its place in the order: 1, 2, 3 …, 12.
    {
      rows: 6,
      most: null,
      pieces: [
        [3, 6],
        [2, 9],
        [1, 6],
        [1, 7],
        [1, 8],
        [1, 9],
        [1, 10],
        [1, 11],
        [1, 12],
      ],
      isAll: true,
    },
    {
      rows: 20,
      most: 2,
      pieces: [
        [6, 21],
        [3, 24],
      ],
      isAll: false,
    },
    { rows: 78, most: null, pieces: [[12, 78]], isAll: true },
    { rows: 1_000, most: 2, pieces: [[12, 78]], isAll: true },
  ])(
    'splits what is ahead into pieces of about $rows rows, $most at most, without gaps',
    async ({ rows, most, pieces, isAll }) => {
      const world = await begin(...Array.from({ length: 12 }, (_, at) => at + 1));
      const parts = await world.store.shareLedgerAhead('Case', ALL, rows, most);
      expect(sums(parts)).toEqual(pieces);
      expect(parts.map(({ after }) => after)).toEqual([null, ...parts.slice(0, -1).map(({ upTo }) => upTo)]);
      expect(parts.at(-1)?.upTo === null).toBe(isAll);
      const empty = { after: recordId('Lead', 9), upTo: null };
      expect(await world.store.shareLedgerAhead('Lead', empty, rows, most)).toEqual([
        { ...empty, parents: 0, rows: 0, newest: null },
      ]);
    },
  );

  it('sums more parents than fit into one synchronous step', async () => {
    const world = await begin(...Array<number>(41_000).fill(1));
    expect(sums(await world.store.shareLedger('Case', ALL, 1))).toEqual([[41_000, 41_000]]);
    expect(sums(await world.store.shareLedger('Case', ALL, 2))).toEqual(Array(2).fill([20_500, 20_500]));
    expect(sums(await world.store.shareLedgerAhead('Case', ALL, 30_000, null))).toEqual([
      [30_000, 30_000],
      [11_000, 11_000],
    ]);
  });

  it('follows the newest rows of a parent, and ignores older ones', async () => {
    const world = await begin(3, 5);
    await world.write({ shares: [shares('Case', 2, rowsOf(1), LATER), shares('Case', 1, [], START)] });
    expect(sums(await world.store.shareLedger('Case', ALL, 1))).toEqual([[2, 4]]);
    await world.write({ shares: [shares('Case', 2, [], LATER + 1)] });
    expect(sums(await world.store.shareLedger('Case', ALL, 1))).toEqual([[1, 3]]);
  });

  it('requires the share rows of a removed record to be read once, if it had any', async () => {
    const world = await begin(3, 0);
    await world.write({ records: [1, 2].map((n) => record('Case', n, { Subject: 'x' })) });
    const removals = [1, 2, 3].map((n) => ({ id: recordId('Case', n), object: 'Case' as const, version: LATER }));
    const removed = await world.write({ removals });
    expect(removed).toMatchObject({ removed: 2, sharesUnknown: [recordId('Case', 1)] });
    await world.write({ shares: [shares('Case', 1, [], LATER + 1)] });
    expect(await world.write({ removals })).toMatchObject({ sharesUnknown: [] });
    expect(sums(await world.store.shareLedger('Case', ALL, 1))).toEqual([[0, 0]]);
  });

  it('drops parents that a complete backfill did not see', async () => {
    const world = await begin(3, 5);
    const start = LATER;
    await world.begin(opening({ start: iso(start) }));
    await world.write({ shares: [shares('Case', 2, [userId(1)], start + 1)] });
    await world.sweep('Case', start, guard(100));
    expect(await world.store.sharedParents('Case', ALL)).toEqual([recordId('Case', 2)]);
    expect(sums(await world.store.shareLedger('Lead', ALL, 1))).toEqual([[2, 4]]);
  });
}
