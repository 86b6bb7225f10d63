import { describe, expect, it } from 'vitest';
import { IncompleteReadError, TransientError } from '../../src/salesforce/errors.ts';
import type { SalesforceRecord } from '../../src/salesforce/page.ts';
import { toSoql } from '../../src/soql/query.ts';
import { type KeysetPage, readKeyset } from '../../src/sync/keyset.ts';
import { changedRecordsKeyset, changedSharesKeyset, recordsKeyset, sharesKeyset } from '../../src/sync/keysets.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import { defaultSchema } from './described.ts';
import { type FakeOrg, fakeOrg, lostCursor, timeOut } from './fake-org.ts';
import { account, lead, recordId } from './org-folder.ts';

const { Account, Lead } = defaultSchema().objects;
const WITH_SHARES = { ...Lead, shareColumns: Lead.shareColumns ?? [] };

const DAY = Date.parse('2026-05-04T00:00:00.000Z');
const HOUR = 3_600_000;
const at = (ms: number) => new Date(DAY + ms).toISOString();

/** This many records, one every `every` ms from the beginning of the day. */
const records = (count: number, every: number): SalesforceRecord[] =>
  Array.from({ length: count }, (_, n) => ({ Id: account(n + 1), SystemModstamp: at(n * every), Name: `A${n + 1}` }));
/** This many leads, each with this many share rows. */
const shareRows = (parents: number, each: number): SalesforceRecord[] =>
  Array.from({ length: parents * each }, (_, n) => ({
    Id: recordId('01o', n + 1),
    LeadId: lead(1 + Math.floor(n / each)),
  }));

async function read(org: FakeOrg, keyset: Parameters<typeof readKeyset>[1], sizes = new QuerySizes()) {
  const pages: KeysetPage[] = [];
  const { signal } = new AbortController();
  for await (const page of readKeyset(org.salesforce, keyset, sizes, signal)) pages.push(page);
  return { pages, ids: pages.flatMap((page) => page.records.map(({ Id }) => String(Id))) };
}

const wholeDay = (limit = 10_000) => ({ from: at(0), before: at(24 * HOUR), after: null, limit });
const changes = (sizes = new QuerySizes(), range = wholeDay()) =>
  changedRecordsKeyset('changed records of Account', Account, range, sizes);
const idsOf = (rows: readonly SalesforceRecord[]) => rows.map(({ Id }) => String(Id));

describe('if a query continues after a row', () => {
  it('an index on the key serves it, because the top level has only ranges', () => {
    const row = { Id: account(7), SystemModstamp: '2026-05-04T10:00:00.000+0000' };
    expect(toSoql(changes().soql(row, 50, null))).toMatch(
      / WHERE SystemModstamp >= 2026-05-04T10:00:00Z AND \(SystemModstamp > 2026-05-04T10:00:00Z OR Id > '001\w{15}'\) AND SystemModstamp < 2026-05-05T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 50$/,
    );
    const share = { Id: recordId('01o', 3), LeadId: lead(2) };
    const shares = sharesKeyset('rows of LeadShare', WITH_SHARES, { after: lead(1), upTo: lead(9) }, []);
    expect(toSoql(shares.soql(share, null, null))).toMatch(
      new RegExp(
        ` WHERE LeadId >= '${lead(2)}' AND \\(LeadId > '${lead(2)}' OR Id > '${share.Id}'\\) AND LeadId <= '${lead(9)}' ORDER BY LeadId, Id$`,
      ),
    );
  });

  it('a row that changed while its page was on the way does not become a position, and the rows in between are read', async () => {
    const rows = records(9, HOUR);
    const org = fakeOrg({
      rows,
      pageSize: 3,
      beforePage(fetched, { rows: held }) {
        if (fetched === 1) held.set(account(6), { ...rows[5], SystemModstamp: at(30 * HOUR) });
        if (fetched === 2) throw lostCursor();
      },
    });
    expect((await read(org, changes())).ids).toEqual(idsOf(rows));
  });
});

describe('a range that takes too long', () => {
  it('of time is halved until it is fast, because fewer rows alone would not help', async () => {
    const rows = records(480, 180_000);
    const org = fakeOrg({ rows, pageSize: 100, capacity: 40 });
    const sizes = new QuerySizes();
    const { ids, pages } = await read(org, changes(), sizes);
    expect(ids).toEqual(idsOf(rows));
    expect(pages.map(({ done }) => done)).toEqual([...Array(pages.length - 1).fill(false), true]);
    // 24 hours, 12, 6, 3 with 60 rows, and 1.5 with 30.
    expect(sizes.span('changed records of Account')).toBeLessThanOrEqual(1.5 * 3600 * 2);
    expect(org.asked.filter((soql) => soql.includes('AND SystemModstamp < 2026-05-04T01:30:00Z'))).toHaveLength(1);
  });

  it('of one second is read in fewer rows, and a query that cannot be smaller is refused', async () => {
    const org = fakeOrg({ rows: records(30, 0), pageSize: 100, capacity: 20 });
    await expect(read(org, changes())).rejects.toMatchObject({
      name: 'RejectedQueryError',
      message: expect.stringMatching(/^QUERY_TIMEOUT: changed records of Account: .* a query of \d\d rows$/),
    });
    // The control: the same number of rows from two seconds is read.
    const spread = fakeOrg({ rows: records(30, 60_000), pageSize: 100, capacity: 20 });
    expect((await read(spread, changes())).ids).toHaveLength(30);
  });

  it('of parents is halved if they are known, and otherwise read in fewer rows', async () => {
    const rows = shareRows(40, 5);
    const parents = Array.from({ length: 40 }, (_, n) => lead(n + 1));
    const range = { after: null, upTo: null };
    const org = fakeOrg({ rows, pageSize: 100, capacity: 60 });
    const keyset = sharesKeyset('rows of LeadShare', WITH_SHARES, range, parents);
    expect((await read(org, keyset)).ids).toEqual(idsOf(rows));
    // All forty, twenty, and then four times ten.
    expect([org.timedOut.length, org.asked.length]).toEqual([2, 6]);
    await expect(
      read(fakeOrg({ rows, pageSize: 100, capacity: 60 }), sharesKeyset('rows', WITH_SHARES, range, [])),
    ).rejects.toThrow('QUERY_TIMEOUT');
  });

  it('grows again after fast answers, without a time-out at every turn', async () => {
    const rows = [...records(300, 1_000), ...records(20, HOUR).map((row, n) => ({ ...row, Id: account(500 + n) }))];
    const org = fakeOrg({ rows, pageSize: 100, capacity: 30 });
    const sizes = new QuerySizes();
    const { ids } = await read(org, changes(sizes), sizes);
    expect(ids.toSorted()).toEqual(idsOf(rows).toSorted());
    // With the span that the crowded first minutes need, a day would take thousands.
    expect(org.asked.length).toBeLessThan(200);
    expect(org.timedOut.length).toBeLessThan(16);
  });

  it('remembers a size that timed out once, even as plain values', async () => {
    const rows = records(480, 180_000);
    const sizes = new QuerySizes();
    await read(fakeOrg({ rows, pageSize: 100, capacity: 40 }), changes(), sizes);
    const later = new QuerySizes(JSON.parse(JSON.stringify(sizes)));
    expect(later.toJSON()).toEqual(sizes.toJSON());
    const org = fakeOrg({ rows, pageSize: 100, capacity: 60 });
    expect((await read(org, changes(), later)).ids).toEqual(idsOf(rows));
    expect(org.timedOut).toEqual([]);
    // The control: without them it times out.
    await read(org, changes());
    expect(org.timedOut).not.toEqual([]);
  });

  it('a stream ends where its rows end, not where a part of its range ends', async () => {
    const rows = records(48, HOUR / 2);
    const org = fakeOrg({ rows, pageSize: 100, capacity: 20 });
    expect((await read(org, changes(new QuerySizes(), wholeDay(30)))).ids).toEqual(idsOf(rows.slice(0, 30)));
  });
});

describe('fewer rows than announced', () => {
  const accounts = () => Array.from({ length: 10 }, (_, n) => ({ Id: account(n + 1) }));
  const byId = (rows: number) => recordsKeyset('records of Account', Account, { after: null, rows }, new QuerySizes());
  const erasing = (...at: readonly (readonly [fetched: number, n: number])[]) => ({
    pageSize: 3,
    beforePage(fetched: number, { rows }: FakeOrg) {
      for (const [when, n] of at) if (when === fetched) rows.delete(account(n));
    },
  });

  /** An org that announces four rows, or the requested number, and sends what the test says. */
  const answering = (...answers: readonly (readonly number[])[]): FakeOrg => {
    const org = fakeOrg({ rows: [], pageSize: 100 });
    async function* query(soql: string) {
      const records = (answers[org.asked.length] ?? []).map((n) => ({ Id: account(n) }));
      org.asked.push(soql);
      yield { records, totalSize: Math.min(4, Number(/\d+$/.exec(soql)?.[0])), done: true };
    }
    return { ...org, salesforce: { query } as Partial<FakeOrg['salesforce']> as FakeOrg['salesforce'] };
  };

  it('are right if rows were deleted between two pages, and none is returned twice', async () => {
    const org = fakeOrg({ rows: accounts(), ...erasing([1, 2], [2, 8], [3, 10]) });
    const { ids, pages } = await read(org, byId(100));
    expect(ids).toEqual(idsOf(accounts().filter((_, n) => n !== 7 && n !== 9)));
    expect(pages.at(-1)?.done).toBe(true);
    // The control: it was read twice.
    expect(org.asked).toHaveLength(2);
  });

  it('with a LIMIT do not end the reading, and the following rows fill it up', async () => {
    const org = fakeOrg({ rows: accounts(), ...erasing([1, 4], [1, 6]) });
    const { ids, pages } = await read(org, byId(6));
    expect(ids).toEqual([1, 2, 3, 5, 7, 8].map((n) => account(n)));
    expect(pages.map(({ done }) => done)).not.toContain(true);
  });

  it('are right if two readings have the same ids, though they lack what the org announces', async () => {
    const org = answering([1, 2, 3], [1, 2, 3]);
    expect((await read(org, byId(100))).ids).toEqual([1, 2, 3].map(account));
    expect(org.asked).toHaveLength(2);
  });

  it('do not lose a row that was left out before a deleted one, which is read next', async () => {
    // Four rows. The third does not arrive and the last is erased. Then the first four.
    const org = answering([1, 2, 4], [1, 2, 3, 5], [3]);
    expect((await read(org, byId(4))).ids).toEqual([1, 2, 4, 3].map(account));
    expect(org.asked.at(-1)).toContain(`Id > '${account(2)}'`);
  });

  it('are an error if a later reading has a row that was missed, and then no query has a second page', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => ({ Id: account(n + 1) }));
    const hidden = rows[450] ?? expect.fail();
    const org = fakeOrg({
      rows: rows.filter((row) => row !== hidden),
      pageSize: 200,
      beforePage(fetched, { rows: held }) {
        if (fetched === 1) held.delete(account(300));
        if (fetched === 3) held.set(hidden.Id, hidden);
      },
    });
    const sizes = new QuerySizes();
    await expect(read(org, byId(1_000), sizes)).rejects.toThrow(IncompleteReadError);
    expect(sizes.of('records of Account')).toBe(200);
    expect((await read(org, byId(1_000), sizes)).ids).toHaveLength(499);
  });

  it('are an error if no two of five readings agree', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => ({ Id: account(n + 1) }));
    let next = 60;
    const org = fakeOrg({
      rows,
      pageSize: 10,
      // The last row disappears before each second page.
      beforePage(fetched, { rows: held }) {
        if (fetched > 0) held.delete(account(next--));
      },
    });
    await expect(read(org, byId(100))).rejects.toThrow(
      /^a query announced \d+ rows and returned \d+, and different rows/,
    );
    expect(org.asked).toHaveLength(5);
  });

  it('are not confirmed by a time-out of the second reading', async () => {
    const org = fakeOrg({
      rows: accounts(),
      pageSize: 3,
      beforePage(fetched, { rows }) {
        if (fetched === 1) rows.delete(account(5));
        if (fetched === 4) throw timeOut();
      },
    });
    await expect(read(org, byId(100))).rejects.toThrow(IncompleteReadError);
  });
});

it('a query that cannot be made smaller fails as it did', async () => {
  const refused = new TransientError({ message: 'QUERY_TOO_COMPLICATED', hint: '', remedy: 'fewer-fields' });
  const beforePage = () => {
    throw refused;
  };
  const org = fakeOrg({ rows: [], pageSize: 3, beforePage });
  await expect(read(org, changedSharesKeyset('changed shares of Lead', Lead, wholeDay()))).rejects.toBe(refused);
});
