import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cadence, type Costs, forecast, type ReadObject } from '../../src/check/forecast.ts';
import { holds } from '../salesforce/seeded.ts';

const object = (name: ReadObject['object'], records: number | null, shareRows: number | null): ReadObject => ({
  object: name,
  records,
  shareObject: `${name}Share`,
  shareRows,
  estimated: [],
  readsRecords: true,
  readsShares: true,
});

/** Five objects of this size, and twelve short tables. */
const costsOf = (records: number, shareRows: number, more: Partial<Costs> = {}): Costs => ({
  objects: (['Account', 'Contact', 'Case', 'Opportunity', 'Lead'] as const).map((name) =>
    object(name, records, shareRows),
  ),
  tableRows: Array(13).fill(10),
  probes: 15,
  describes: 25,
  filters: 0,
  pageSize: 2000,
  sliceRecords: 16_000,
  secondsPerPage: 1,
  ...more,
});

const RHYTHM: Cadence = { runsPerDay: 144, tickSeconds: 600, completeBackfillFrequency: 48, limit: 100_000 };
const completeCalls = (costs: Costs) => forecast(costs, RHYTHM).firstBackfill.calls;

describe('the cost of a complete backfill', () => {
  it.each([
    // 3 calls for describes and probes, 1 for counts, 5 for the membership tables. Then a page of records and one of
    // shares for each of five objects.
    ['is a page for each object in an empty org', costsOf(0, 0), 9 + 10],
    ['is the same for half a page', costsOf(1000, 1000), 9 + 10],
    ['is one more page each for a full page and one record', costsOf(2001, 2001), 9 + 20],
    ['includes the empty slice after an exact slice', costsOf(16_000, 0), 9 + 5 * (8 + 1) + 5 * 2],
    ['includes separate share rows for two slices', costsOf(24_000, 48_000), 9 + 5 * 12 + 5 * 24],
    ['includes a call that tries the filters of filtered objects', costsOf(0, 0, { filters: 2 }), 9 + 1 + 10],
    ['is higher with smaller pages', costsOf(1000, 0, { pageSize: 200 }), 9 + 25 + 5],
    [
      'includes a call for each further page of a table longer than a page',
      { ...costsOf(0, 0), tableRows: [4001, ...Array(12).fill(1)] },
      11 + 10,
    ],
    [
      'includes a page of an object that is not counted',
      { ...costsOf(0, 0), objects: [object('Account', null, null)] },
      9 + 2,
    ],
  ])('%s', (_, costs, calls) => {
    expect(completeCalls(costs)).toBe(calls);
  });

  it('includes the incremental passes that come due during the backfill', () => {
    // 5 * 50 + 5 * 50 pages at 10 s are 5,000 s: eight ticks of 600 s with six calls each.
    const costs = costsOf(99_999, 90_000, { secondsPerPage: 10 });
    const pages = 5 * 50 + 5 * 7 * 7;
    expect(completeCalls(costs)).toBe(9 + pages + Math.floor((pages * 10) / 600) * 6);
  });
});

it('an incremental run costs six calls, and possibly fewer with fewer streams', () => {
  expect(forecast(costsOf(10, 10), RHYTHM).incrementalCalls).toBe(6);
  expect(forecast(costsOf(10, 10, { filters: 2 }), RHYTHM).incrementalCalls).toBe(7);
  // Share tables are counted in ranges of 800,000 rows.
  expect(forecast(costsOf(10, 800_001), RHYTHM).incrementalCalls).toBe(7);
  // If dates are too slow, a full round of ranges.
  const account = { ...object('Account', 10_000_000, 50_000_000), sharesByRanges: true };
  const large = costsOf(10, 10);
  expect(forecast({ ...large, objects: [account, ...large.objects.slice(1)] }, RHYTHM).incrementalCalls).toBe(19);
  const blind = costsOf(10, 10).objects.map((one) => ({ ...one, readsRecords: one.object === 'Account' }));
  expect(forecast({ ...costsOf(10, 10), objects: blind }, RHYTHM).incrementalCalls).toBe(5);
});

it('a day costs the sum of its complete and incremental runs', () => {
  // 3 complete runs of 19 calls each, and 141 incremental runs of 6.
  expect(forecast(costsOf(10, 10), RHYTHM)).toMatchObject({ callsPerDay: 3 * 19 + 141 * 6, runsPerDay: 144 });
  const always = { ...RHYTHM, completeBackfillFrequency: 1 };
  expect(forecast(costsOf(10, 10), always).callsPerDay).toBe(144 * 19);
});

describe('the frequency that fits', () => {
  const cadence = fc.record({
    runsPerDay: fc.integer({ min: 1, max: 1440 }),
    completeBackfillFrequency: fc.integer({ min: 1, max: 500 }),
    limit: fc.integer({ min: 1000, max: 1_000_000 }),
  });

  it('is the smallest that stays within half the limit and leaves a backfill twice its time', () => {
    holds(
      'test/check/forecast.test.ts',
      fc.property(fc.integer({ min: 0, max: 500_000 }), cadence, (records, some) => {
        const costs = costsOf(records, records);
        const settings = { ...some, tickSeconds: 86_400 / some.runsPerDay };
        const { fittingFrequency: found } = forecast(costs, settings);
        const fits = (every: number): boolean => {
          const { callsPerDay, firstBackfill } = forecast(costs, { ...settings, completeBackfillFrequency: every });
          // callsPerDay is rounded.
          return callsPerDay <= some.limit / 2 + 1 && every * settings.tickSeconds >= 2 * firstBackfill.seconds - 1;
        };
        if (found === null) expect(fits(1_000_000_000)).toBe(false);
        else {
          expect(fits(found)).toBe(true);
          if (found > 1) expect(tooSmall(found - 1, costs, settings)).toBe(true);
        }
      }),
    );
  });

  /** A smaller one breaks one of the two bounds, within rounding. */
  function tooSmall(every: number, costs: Costs, settings: Cadence): boolean {
    const { callsPerDay, firstBackfill } = forecast(costs, { ...settings, completeBackfillFrequency: every });
    return (
      callsPerDay >= (settings.limit ?? 0) / 2 - 1 || every * settings.tickSeconds <= 2 * firstBackfill.seconds + 1
    );
  }

  it('is unknown if the org does not report its limit', () => {
    expect(forecast(costsOf(1, 1), { ...RHYTHM, limit: null })).toMatchObject({
      percentOfLimit: null,
      fittingFrequency: null,
    });
  });

  it('does not exist if incremental runs alone cost more, and then the affordable runs are reported', () => {
    expect(forecast(costsOf(1, 1), { ...RHYTHM, limit: 1200 })).toMatchObject({
      fittingFrequency: null,
      affordableRuns: 100,
    });
  });
});
