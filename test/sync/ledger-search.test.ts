import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerRange, ParentRange } from '../../src/index/port/ledger.ts';
import {
  afterStep,
  type CountedRange,
  differs,
  MOST_CALLS,
  nextStep,
  RANGES_A_CALL,
  type Split,
} from '../../src/sync/ledger-search.ts';

const FILE = 'test/sync/ledger-search.test.ts';
const PAGE = 2_000;

const idOf = (n: number): string => String(n).padStart(7, '0');

/** Share rows by parent, as the ledger or the org has them. */
type Rows = Map<string, number>;

function within(rows: Rows, { after, upTo }: ParentRange): [string, number][] {
  return [...rows].filter(([id]) => id > (after ?? '') && id <= (upTo ?? '~')).toSorted(byId);
}

function byId([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1;
}

function summed(rows: Rows, range: ParentRange): LedgerRange {
  let parents = 0;
  let sum = 0;
  for (const [id, count] of rows) {
    if (id <= (range.after ?? '') || id > (range.upTo ?? '~')) continue;
    parents += 1;
    sum += count;
  }
  return { ...range, parents, rows: sum, newest: null };
}

/** A tick over an org in memory: counts both sides, searches, and updates the ledger with what it reads. */
function tick(ledger: Rows, org: Rows): { readonly calls: number; readonly isOver: boolean } {
  const all: ParentRange = { after: null, upTo: null };
  const counted = (range: LedgerRange): CountedRange => ({ ...range, counted: summed(org, range).rows });

  function split(splits: readonly Split[]): CountedRange[] {
    const parts = splits.flatMap(({ range, pieces }) => {
      const ids = within(ledger, range).map(([id]) => id);
      const size = Math.ceil(ids.length / pieces);
      const bounds = ids.filter((_, at) => (at + 1) % size === 0 && at + 1 < ids.length);
      return [...bounds, range.upTo].map((upTo, at) =>
        counted(summed(ledger, { after: at === 0 ? range.after : (bounds[at - 1] ?? null), upTo })),
      );
    });
    expect(parts.length).toBeLessThanOrEqual(RANGES_A_CALL);
    return parts;
  }

  function read(ranges: readonly CountedRange[]): CountedRange[] {
    expect(ranges.length).toBeLessThanOrEqual(RANGES_A_CALL);
    const left: CountedRange[] = [];
    for (const range of ranges) {
      let room = PAGE;
      let { upTo } = range;
      for (const [id, count] of within(org, range)) {
        if (count > room) break;
        room -= count;
        upTo = id;
      }
      const isWhole = summed(org, range).rows <= PAGE;
      const readPart = { after: range.after, upTo: isWhole ? range.upTo : upTo };
      for (const [id] of within(ledger, readPart)) ledger.delete(id);
      for (const [id, count] of within(org, readPart)) ledger.set(id, count);
      if (!isWhole) left.push(counted(summed(ledger, { after: readPart.upTo, upTo: range.upTo })));
    }
    return left;
  }

  let open: readonly CountedRange[] = [counted(summed(ledger, all))].filter(differs);
  for (let calls = 0; ; calls++) {
    const step = nextStep(open, MOST_CALLS - calls);
    if (step === null) return { calls, isOver: open.length === 0 };
    open = afterStep(open, step, step.kind === 'read' ? read(step.ranges) : split(step.splits));
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3_000 });
/** Which parents change, and how many rows they then have. */
const changes = fc.array(fc.tuple(fc.nat(4_000), fc.integer({ min: 0, max: 30 })), { maxLength: 60 });

function world(counts: readonly number[], changed: readonly (readonly [number, number])[]): [Rows, Rows] {
  const ledger = new Map(counts.map((count, n) => [idOf(n), count]));
  const org = new Map(ledger);
  for (const [n, count] of changed) {
    if (count === 0) org.delete(idOf(n));
    else org.set(idOf(n), count);
  }
  return [ledger, org];
}

const total = (rows: Rows): number => summed(rows, { after: null, upTo: null }).rows;
const sorted = (rows: Rows): [string, number][] => [...rows].toSorted();

describe('a search', () => {
  it('takes no more calls than allowed, and each unfinished one has found something', () => {
    holds(
      fc.property(sizes, changes, (counts, changed) => {
        const [ledger, org] = world(counts, changed);
        for (let ticks = 0; total(ledger) !== total(org); ticks++) {
          const before = sorted(ledger);
          const { calls, isOver } = tick(ledger, org);
          expect(calls).toBeLessThanOrEqual(MOST_CALLS);
          expect(sorted(ledger)).not.toEqual(before);
          expect(isOver || calls >= MOST_CALLS - 3).toBe(true);
          expect(ticks).toBeLessThan(70);
        }
      }),
    );
  });

  it('finds all parents sooner or later if only removals made it necessary', () => {
    holds(
      fc.property(sizes, changes, (counts, changed) => {
        const removals = changed
          .filter(([n]) => n < counts.length)
          .map(([n, count]) => [n, Math.min(count, counts[n] ?? 0)] as const);
        const [ledger, org] = world(counts, removals);
        while (total(ledger) !== total(org)) tick(ledger, org);
        expect(sorted(ledger)).toEqual(sorted(org));
      }),
    );
  });

  it('asks nothing if the ledger agrees', () => {
    const [ledger, org] = world([3, 4, 5], []);
    expect(tick(ledger, org)).toEqual({ calls: 0, isOver: true });
  });

  it('finds one removed row among 100,000 parents in one tick', () => {
    const [ledger, org] = world(Array(100_000).fill(3), [[77_777, 2]]);
    const { calls, isOver } = tick(ledger, org);
    expect(isOver).toBe(true);
    expect(calls).toBeLessThanOrEqual(6);
    expect([ledger.get(idOf(77_777)), total(ledger)]).toEqual([2, total(org)]);
  });

  it('finds a removal that an addition hid once the addition is known', () => {
    const [ledger, org] = world(Array(1_000).fill(3), [
      [5, 2],
      [900, 4],
    ]);
    expect(tick(ledger, org).calls).toBe(0);
    ledger.set(idOf(900), 4);
    tick(ledger, org);
    expect(sorted(ledger)).toEqual(sorted(org));
  });
});

describe('the next step', () => {
  const range = (parents: number, rows = parents, counted = rows - 1): CountedRange => ({
    after: null,
    upTo: null,
    parents,
    rows,
    counted,
    newest: null,
  });
  it.each([
    ['nothing if nothing differs', [], 10, null],
    ['nothing without a call', [range(1)], 0, null],
    ['to split a large range', [range(1_000)], 10, 'split'],
    ['to split a range of few parents with many rows', [range(100, 20_000)], 10, 'split'],
    ['to read one parent, regardless of its rows', [range(1, 20_000)], 10, 'read'],
    ['to read a small range', [range(200)], 10, 'read'],
    ['to read a range without known parents', [range(0, 0, 7)], 10, 'read'],
    ['to read with the last call', [range(200), range(1_000)], 1, 'read'],
    ['nothing if a split would leave no call to read', [range(100_000)], 4, null],
  ])('is %s', (_, open, callsLeft, kind) => {
    expect(nextStep(open, callsLeft)?.kind ?? null).toBe(kind);
  });

  it('is the smallest first, and five small ones at once', () => {
    expect(nextStep([range(100_000), range(900), range(5_000)], 10)).toEqual({
      kind: 'split',
      splits: [{ range: range(900), pieces: 5 }],
    });
    const small = Array.from({ length: 6 }, (_, n) => range(n + 1));
    expect(nextStep([range(900), ...small], 10)).toEqual({ kind: 'read', ranges: small.slice(0, 5) });
  });

  it('splits several ranges in one call, each into no more pieces than are worth reading', () => {
    const open = [range(500), range(300), range(250), range(5_000)];
    expect(nextStep(open, 10)).toEqual({
      kind: 'split',
      splits: [
        { range: range(250), pieces: 2 },
        { range: range(300), pieces: 2 },
      ],
    });
  });
});

function holds<T>(property: fc.IProperty<T>): void {
  const given = process.env.FC_SEED;
  const result = fc.check(property, given === undefined ? { numRuns: 40 } : { seed: Number(given), numRuns: 40 });
  if (!result.failed) return;
  throw new Error(`${fc.defaultReportMessage(result)}\nrepeat: FC_SEED=${result.seed} npx vitest run ${FILE}`);
}
