import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IncompleteReadError } from '../../src/salesforce/errors.ts';
import type { SalesforceRecord } from '../../src/salesforce/page.ts';
import { type Keyset, readKeyset } from '../../src/sync/keyset.ts';
import { changedRecordsKeyset, isPlaceIn, sharesKeyset } from '../../src/sync/keysets.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import type { StampRange } from '../../src/sync/soql.ts';
import { holdsInTime } from '../salesforce/seeded.ts';
import { defaultSchema } from './described.ts';
import { type FakeOrg, fakeOrg, lostCursor } from './fake-org.ts';
import { account, lead, recordId } from './org-folder.ts';

const FILE = 'test/sync/keyset.property.test.ts';
const RUNS = 300;
/** As often as an activity is tried. */
const ATTEMPTS = 12;

const { Account, Lead } = defaultSchema().objects;
const FROM = Date.parse('2026-05-04T00:00:00.000Z');
const at = (seconds: number) => new Date(FROM + seconds * 1000).toISOString();
const HOUR = 3_600;
const [from, before] = [at(0), at(HOUR)];

/** What happens to the org just before a page is fetched. */
interface Event {
  readonly page: number;
  readonly what: 'erased' | 'changed' | 'cursor lost';
  /** Among all rows. */
  readonly row: number;
}

const arbitraryEvents: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    page: fc.integer({ min: 1, max: 60 }),
    what: fc.constantFrom('erased', 'erased', 'changed', 'cursor lost'),
    row: fc.nat(59),
  }),
  { maxLength: 12 },
);

/** Rows are crowded into a few seconds: one stamp may have as many rows as a query can read in time. */
const arbitraryStory = fc.record({
  seconds: fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: HOUR - 1 })), {
    minLength: 1,
    maxLength: 60,
  }),
  events: arbitraryEvents,
  pageSize: fc.integer({ min: 1, max: 9 }),
  /** How many rows a query reads in time, beyond those of one stamp, or of one parent. */
  spare: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 30 })),
  limit: fc.integer({ min: 1, max: 80 }),
});
type Story = typeof arbitraryStory extends fc.Arbitrary<infer T> ? T : never;

const seen = { erased: 0, changed: 0, timedOut: 0, again: 0 };

function orgOf(rows: readonly SalesforceRecord[], crowd: number, { pageSize, spare, events }: Story): FakeOrg {
  return fakeOrg({
    rows,
    pageSize,
    capacity: crowd + spare,
    beforePage(fetched, org) {
      for (const { page, what, row } of events) {
        const struck = rows[row % rows.length];
        if (page !== fetched || struck === undefined || !org.rows.has(String(struck.Id))) continue;
        if (what === 'cursor lost') throw lostCursor();
        seen[what] += 1;
        if (what === 'erased') org.rows.delete(String(struck.Id));
        else org.rows.set(String(struck.Id), { ...struck, SystemModstamp: at(HOUR + fetched) });
      }
    },
  });
}

/** Reads a keyset to its end. Starts over where an activity would be retried. */
async function read({ salesforce }: FakeOrg, keyset: Keyset, sizes: QuerySizes): Promise<SalesforceRecord[]> {
  for (let attempt = 1; ; attempt += 1) {
    const rows: SalesforceRecord[] = [];
    try {
      const { signal } = new AbortController();
      for await (const page of readKeyset(salesforce, keyset, sizes, signal)) rows.push(...page.records);
      return rows;
    } catch (error) {
      const passes = error instanceof IncompleteReadError || (error as Error).message === lostCursor().message;
      if (!passes || attempt === ATTEMPTS) throw error;
      seen.again += 1;
    }
  }
}

function most(values: readonly unknown[]): number {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, 1 + (counts.get(value) ?? 0));
  return Math.max(...counts.values());
}

const idsOf = (rows: readonly SalesforceRecord[]) => rows.map(({ Id }) => String(Id));

/** Everything that was there all the time, and nothing twice. */
function expectWhole(read: readonly SalesforceRecord[], still: readonly SalesforceRecord[]): void {
  const ids = idsOf(read);
  expect(new Set(ids).size).toBe(ids.length);
  expect(idsOf(still).filter((id) => !ids.includes(id))).toEqual([]);
}

it('an org that is slow, loses cursors, and changes between pages is read completely, in rounds', async () => {
  await holdsInTime(FILE, RUNS, arbitraryStory, {
    show: JSON.stringify,
    async check(story) {
      const rows = story.seconds.map((second, n) => ({ Id: account(n + 1), SystemModstamp: at(second) }));
      const org = orgOf(rows, most(story.seconds), story);
      const sizes = new QuerySizes();
      const all: SalesforceRecord[] = [];
      let after: StampRange['after'] = null;
      for (let isOver = false; !isOver; ) {
        const range: StampRange = { from, before, after, limit: story.limit };
        const round = await read(org, changedRecordsKeyset('changed records', Account, range, sizes), sizes);
        all.push(...round);
        isOver = round.length < story.limit;
        const last = round.findLast((row) => isPlaceIn(range, row.SystemModstamp));
        if (last !== undefined) after = { stamp: String(last.SystemModstamp), id: String(last.Id) };
      }
      const still = [...org.rows.values()].filter((row) => isPlaceIn({ before }, row.SystemModstamp));
      expectWhole(all, still);
      seen.timedOut += org.timedOut.length;
    },
  });
  // A comparison of what never happens would prove nothing.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});

it('the share rows of a slice are read completely too, in the order of their parents', async () => {
  await holdsInTime(FILE, RUNS, arbitraryStory, {
    show: JSON.stringify,
    async check(story) {
      const parentOf = (second: number) => 1 + (second % 25);
      const rows = story.seconds.map((second, n) => ({ Id: recordId('01o', n + 1), LeadId: lead(parentOf(second)) }));
      const org = orgOf(rows, most(story.seconds.map(parentOf)), story);
      const parents = Array.from({ length: 25 }, (_, n) => lead(n + 1));
      const keyset = sharesKeyset('rows', { ...Lead, shareColumns: Lead.shareColumns ?? [] }, RANGE, parents);
      const all = await read(org, keyset, new QuerySizes());
      expectWhole(all, [...org.rows.values()]);
      const order = all.map(({ LeadId }) => String(LeadId));
      expect(order).toEqual(order.toSorted());
    },
  });
});

const RANGE = { after: null, upTo: null };
