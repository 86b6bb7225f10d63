import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createSalesforce } from '../../src/salesforce/client.ts';
import type { SoqlQuery } from '../../src/soql/query.ts';
import { tablesToRead } from '../../src/sync/org-tables.ts';
import { probeTables } from '../../src/sync/probes.ts';
import { isUnchanged, type Probe, readingOf } from '../../src/sync/readings.ts';
import { holds } from '../salesforce/seeded.ts';
import { orgFolder } from './org-folder.ts';
import { sandboxOrg } from './sandbox-org.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-06-01T12:00:00.000Z');
const at = (minutes: number): number => NOON + minutes * MINUTE;
const iso = (ms: number): string => new Date(ms).toISOString();

const GROUPS: SoqlQuery = { select: ['Id', 'Type', 'RelatedId'], from: 'Group' };
const SOQL = 'SELECT Id, Type, RelatedId FROM Group';
const probe = (count: number, newest: number | null): Probe => ({
  count,
  newest: newest === null ? null : iso(at(newest)),
});
/** Read at noon. */
const reading = (count: number, newest: number | null) => ({ soql: SOQL, at: at(0), ...probe(count, newest) });

it.each([
  ['count and stamp are the same', reading(3, -60), probe(3, -60), true],
  ['one row more', reading(3, -60), probe(4, -60), false],
  ['one row less', reading(3, -60), probe(2, -60), false],
  ['a newer stamp', reading(3, -60), probe(3, 5), false],
  ['an older stamp: the newest row left, another came', reading(3, -60), probe(3, -70), false],
  ['no stamp, both times', reading(3, null), probe(3, null), false],
  ['no row, both times', reading(0, null), probe(0, null), true],
  ['read ten minutes after the stamp: a late commit may be missing', reading(3, -10), probe(3, -10), false],
  ['read eleven minutes after the stamp', reading(3, -11), probe(3, -11), true],
])('%s', (_, read, now, unchanged) => {
  expect(isUnchanged(read, now, 0)).toBe(unchanged);
});

it('ignores what was read before a complete backfill began', () => {
  expect(isUnchanged(reading(3, -60), probe(3, -60), at(0))).toBe(true);
  expect(isUnchanged(reading(3, -60), probe(3, -60), at(0) + 1)).toBe(false);
  expect(isUnchanged(reading(0, null), probe(0, null), at(0) + 1)).toBe(false);
});

it('rows that came or left between probe and reading make the reading unusable', () => {
  expect(readingOf(SOQL, at(0), probe(3, -60), 3)).toEqual(reading(3, -60));
  expect(readingOf(SOQL, at(0), probe(3, -60), 4)).toBeNull();
  expect(readingOf(SOQL, at(0), probe(3, -60), 2)).toBeNull();
});

it("a worker that takes over before it knows the org's time requests the time first", async () => {
  const org = await sandboxOrg(orgFolder({ accounts: 1 }));
  onTestFinished(() => org.close());
  const credentials = async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' });
  const salesforce = createSalesforce({ baseUrl: org.url, credentials, pageSize: 2_000 });
  const { at: asked } = await probeTables(salesforce, { assignments: null }, AbortSignal.timeout(30_000));
  expect(Math.abs(asked - Date.now())).toBeLessThan(60_000);
});

it('reads a table if the org refuses to count it, or if other columns are needed', () => {
  const readings = { Group: reading(3, -60) };
  const probes = (now: Probe | null) => ({ at: at(20), rows: new Map(), tables: new Map(now ? [['Group', now]] : []) });
  const toRead = (now: Probe | null, soql = GROUPS) =>
    tablesToRead([{ table: 'Group', soql }], probes(now) as Parameters<typeof tablesToRead>[1], readings, 0);
  expect(toRead(probe(3, -60))).toEqual([]);
  expect(toRead(null)).toHaveLength(1);
  expect(toRead(probe(3, -60), { ...GROUPS, select: [...GROUPS.select, 'Name'] })).toHaveLength(1);
});

/** A transaction: its rows get the stamp of its start, and nobody sees them before the commit. */
interface Transaction {
  readonly start: number;
  readonly lasts: number;
  readonly id: number;
  readonly change: 'put' | 'delete';
}

it('a table that counts as unchanged has the rows that were read, for any commit times', () => {
  const transaction = fc.record<Transaction>({
    start: fc.integer({ min: -40, max: 40 }),
    lasts: fc.integer({ min: 0, max: 10 }),
    id: fc.integer({ min: 1, max: 4 }),
    change: fc.constantFrom('put', 'put', 'delete'),
  });
  let unchanged = 0;
  const property = fc.property(
    fc.array(transaction, { maxLength: 8 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 1, max: 30 }),
    (transactions, lag, until) => {
      const visible = (minute: number): Map<number, number> => {
        const rows = new Map<number, number>();
        const committed = transactions
          .map((each, nth) => ({ ...each, nth }))
          .filter(({ start, lasts }) => start + lasts <= minute)
          .toSorted((a, b) => a.start + a.lasts - (b.start + b.lasts) || a.nth - b.nth);
        for (const { id, change, start, nth } of committed) {
          if (change === 'delete') rows.delete(id);
          // No two transactions have the same stamp: Salesforce's has milliseconds.
          else rows.set(id, at(start) + nth);
        }
        return rows;
      };
      const probeOf = (rows: Map<number, number>): Probe => ({
        count: rows.size,
        newest: rows.size === 0 ? null : iso(Math.max(...rows.values())),
      });
      const read = visible(lag);
      const kept = readingOf(SOQL, at(lag), probeOf(visible(0)), read.size);
      const now = visible(lag + until);
      if (kept === null || !isUnchanged(kept, probeOf(now), 0)) return;
      unchanged += 1;
      expect([...now].toSorted()).toEqual([...read].toSorted());
    },
  );
  holds('test/sync/probes.test.ts', property);
  expect(unchanged).toBeGreaterThan(0);
});
