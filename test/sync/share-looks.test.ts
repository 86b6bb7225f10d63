import { afterEach, expect, it } from 'vitest';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, accountShare, caseId, orgFolder, PEOPLE, recordId, share } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** Share rows are compared by ranges of their parents if queries by date are too slow. */

let org: SandboxOrg;
let sync: SyncRunner;

afterEach(async () => {
  sync?.close();
  await org?.close();
});

/** An org whose share rows cannot be queried by date, after its first backfill. */
async function slow(accounts = 12, settings: Parameters<typeof createSyncRunner>[1] = {}): Promise<void> {
  org = await sandboxOrg(orgFolder({ accounts }));
  sync = createSyncRunner(org.url, { sliceRecords: 16_000, pageSize: 2_000, ...settings }, { attempts: 3 });
  await sync.complete();
  await org.advanceClock(1800);
  await timeOut();
}

const timeOut = (query = 'Share WHERE LastModifiedDate', more: object = {}) =>
  org.setFaults([{ match: { query, ...more }, times: 'always', reply: 'query-timeout' }]);
const equal = () => expectIndexEqualsOrg(sync.path, org);
const tick = () => logged(org, sync.incremental);
const looks = async () => Object.keys((await sync.indexState()).shareLooks).sort();
const dated = (queries: readonly string[]) => queries.filter((query) => /Share WHERE LastModifiedDate/.test(query));
const opened = (n: number, id = 900 + n) => ({
  put: 'AccountShare',
  row: accountShare(id, account(n), PEOPLE.agent, 'Read', 'None', 'Manual'),
});

it('finds added, changed and removed rows in the run with the time-out, and in every later run', async () => {
  await slow();
  await org.change(opened(1), { erase: 'LeadShare', id: recordId('01o', 9) });
  await org.advanceClock(60);
  await sync.incremental();
  expect(await sync.found(PEOPLE.agent)).toContain(account(1));
  await equal();
  expect(await looks()).toEqual(['Account', 'Case', 'Lead', 'Opportunity']);
  const { blocked, stale, shareWatermarks, watermarks } = await sync.indexState();
  expect([blocked, stale]).toEqual([[], []]);
  expect(Date.parse(shareWatermarks.Account ?? '')).toBeGreaterThanOrEqual(Date.parse(watermarks.Account ?? ''));

  await org.change(
    { put: 'AccountShare', row: { Id: recordId('00r', 901), AccountAccessLevel: 'None' } },
    { put: 'CaseShare', row: share('01n', 801, 'Case', caseId(2), PEOPLE.otherSeller, 'Read', 'Manual') },
  );
  await org.advanceClock(60);
  const { queries } = await tick();
  expect(dated(queries)).toEqual([]);
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(1));
  await equal();
});

it('an idle run queries counts and newest dates, and reads nothing once all rows have settled', async () => {
  await slow();
  await sync.incremental();
  await org.advanceClock(1200);
  await sync.incremental();
  await org.advanceClock(1200);
  const { calls, queries } = await tick();
  const compared = queries.filter((query) => / FROM \w+Share/.test(query));
  expect(compared).toHaveLength(4);
  for (const query of compared)
    expect(query).toMatch(/^SELECT COUNT\(Id\) n, MAX\(LastModifiedDate\) newest FROM \w+Share$/);
  // The fifth call counts all share tables by date. Here each table is compared alone. Two calls are the hourly reading
  // of rights.
  expect(calls).toBeLessThanOrEqual(5 + 4 + 2);
});

it('the following check finds a row that was committed late with an older stamp while another one left', async () => {
  await slow();
  // The newest row of the range is recent when it is checked.
  const now = await org.now();
  const at = (ms: number) => new Date(ms).toISOString();
  await org.change({ put: 'AccountShare', row: { ...opened(3).row, LastModifiedDate: at(now) } });
  await org.advanceClock(1);
  await sync.incremental();
  const late = accountShare(920, account(4), PEOPLE.agent, 'Read', 'None', 'Manual');
  await org.change(
    { put: 'AccountShare', row: { ...late, LastModifiedDate: at(now - 5 * 60_000) } },
    { erase: 'AccountShare', id: recordId('00r', 11) },
  );
  await org.advanceClock(660);
  await sync.incremental();
  expect(await sync.found(PEOPLE.agent)).toContain(account(4));
  await equal();
});

it('a complete backfill reads by parents, and dates are tried again after it', async () => {
  await slow();
  await sync.incremental();
  await org.setFaults([]);
  await sync.complete();
  expect(await looks()).toEqual([]);
  await org.change(opened(2));
  await org.advanceClock(60);
  const { queries } = await tick();
  expect(dated(queries).length).toBeGreaterThan(0);
  expect(await looks()).toEqual([]);
  await equal();
});

it('a table whose ranges are also refused is compared again as soon as the org answers', async () => {
  await slow();
  await sync.incremental();
  await timeOut('FROM AccountShare');
  await org.change(opened(1));
  await org.advanceClock(1200);
  await sync.incremental();
  expect((await sync.indexState()).blocked).toMatchObject([{ object: 'Account', of: 'shares' }]);
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(1));

  await org.setFaults([]);
  await org.advanceClock(1200);
  await sync.incremental();
  expect(await sync.found(PEOPLE.agent)).toContain(account(1));
  const { blocked, stale } = await sync.indexState();
  expect([blocked, stale]).toEqual([[], []]);
  await equal();
});

it('refused counts block the stream, which keeps its beginning, until the org answers', async () => {
  await slow();
  await sync.incremental();
  const broken = { part: { status: 400, errorCode: 'OPERATION_REFUSED', message: 'not today' } };
  await org.setFaults([
    { match: { query: 'Share WHERE LastModifiedDate' }, times: 'always', reply: 'query-timeout' },
    { match: { query: 'newest FROM AccountShare' }, times: 'always', reply: broken },
  ]);
  for (let run = 0; run < 2; run++) {
    await org.advanceClock(600);
    await sync.incremental();
    expect((await sync.indexState()).blocked).toMatchObject([
      { object: 'Account', of: 'shares', code: 'OPERATION_REFUSED', run: 3 },
    ]);
  }
  await timeOut();
  await org.change(opened(1));
  await org.advanceClock(600);
  await sync.incremental();
  expect((await sync.indexState()).blocked).toEqual([]);
  await equal();
});

it('splits counts that time out, remembers the size, and finds one row among thousands', async () => {
  await slow(1_250);
  await org.setFaults([
    { match: { query: 'Share WHERE LastModifiedDate' }, times: 'always', reply: 'query-timeout' },
    { match: { query: 'COUNT(Id) n, MAX', rows_over: 1_500 }, times: 'always', reply: 'query-timeout' },
  ]);
  await sync.incremental();
  await org.change(opened(777));
  await org.advanceClock(900);
  await sync.incremental();
  expect(await sync.found(PEOPLE.agent)).toContain(account(777));
  await org.advanceClock(1500);
  await sync.incremental();
  await org.advanceClock(1500);
  await org.change({ erase: 'AccountShare', id: recordId('00r', 2 * 775 + 1) });
  const { queries } = await tick();
  expect(
    queries.some((query) => /MAX\(LastModifiedDate\) newest FROM AccountShare WHERE AccountId <= /.test(query)),
  ).toBe(true);
});
