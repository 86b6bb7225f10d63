import { afterEach, expect, it } from 'vitest';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, accountShare, caseId, contact, lead, orgFolder, PEOPLE, recordId, share } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** A table that the org does not answer costs only its own stream. Everything else continues. */

const ACCOUNTS = 12;
/** Calls of a run that finds nothing new. */
const IDLE = 6;
const FOR_GOOD = 100_000;
const DAY = 86_400;

let org: SandboxOrg;
let sync: SyncRunner;

afterEach(async () => {
  sync?.close();
  await org?.close();
});

async function start(settings: Parameters<typeof createSyncRunner>[1] = {}): Promise<void> {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  sync = createSyncRunner(org.url, { sliceRecords: 20, ...settings }, { attempts: 12, sleep: async () => {} });
}

const refused = { part: { status: 400, errorCode: 'OPERATION_REFUSED', message: 'not today' } };
const broken = { part: { status: 500, errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred.' } };
const refuse = (query: string, reply: unknown = refused) =>
  org.setFaults([{ match: { query }, times: FOR_GOOD, reply }]);
const answerAgain = () => org.setFaults([]);
const blocked = async () => (await sync.indexState()).blocked;
const staleObjects = async () => (await sync.indexState()).stale.map(({ object }) => object);
const equal = () => expectIndexEqualsOrg(sync.path, org);

it('if share rows are always refused, other streams stay fresh for weeks, and missed rows come later', async () => {
  await start();
  await sync.complete();
  await org.advanceClock(3600);
  const since = (await sync.indexState()).shareWatermarks.Account;
  await refuse('FROM AccountShare');
  await org.change(
    { put: 'AccountShare', row: accountShare(902, account(1), PEOPLE.agent, 'Read', 'None', 'Manual') },
    { put: 'Lead', row: { Id: lead(1), Company: 'Renamed' } },
  );
  await org.advanceClock(60);
  await sync.incremental();
  expect(await sync.found(PEOPLE.admin, 'Renamed')).toEqual([lead(1)]);
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(1));
  expect(await blocked()).toEqual([
    {
      object: 'Account',
      of: 'shares',
      code: 'OPERATION_REFUSED',
      message: 'OPERATION_REFUSED: not today',
      since,
      at: expect.any(String),
      run: 2,
      triedIn: null,
      missedBackfill: false,
      answers: false,
      rereads: 0,
    },
  ]);
  expect(await staleObjects()).toEqual(['Account', 'Contact', 'Case', 'Opportunity']);

  for (let day = 0; day < 16; day += 4) {
    await org.advanceClock(4 * DAY);
    await sync.incremental();
  }
  const { watermarks, shareWatermarks } = await sync.indexState();
  expect(shareWatermarks.Account).toBe(since);
  expect(Date.parse(watermarks.Account ?? '') - Date.parse(since ?? '')).toBeGreaterThan(15 * DAY * 1000);

  await answerAgain();
  await sync.incremental();
  expect(await blocked()).toEqual([]);
  expect(await staleObjects()).toEqual([]);
  expect(await sync.found(PEOPLE.agent)).toContain(account(1));
  await equal();
});

it('a stream costs one query a run while it is refused', async () => {
  await start();
  await sync.complete();
  await refuse('FROM LeadShare WHERE LastModifiedDate');
  await org.advanceClock(1800);
  await sync.incremental();
  await org.advanceClock(600);
  const { calls, queries } = await logged(org, sync.incremental);
  expect(queries.filter((query) => / FROM LeadShare /.test(query))).toEqual([
    expect.stringMatching(/WHERE LastModifiedDate .* LIMIT 1$/),
  ]);
  expect(calls).toBe(IDLE + 1);
});

it('if a complete backfill cannot read one object, the others end it, and only that object is read again', async () => {
  await start({ completeBackfillFrequency: 3 });
  await sync.complete();
  await org.advanceClock(3600);
  await refuse('FROM Case ');
  const gone = caseId(4);
  await org.change(
    { erase: 'Case', id: gone },
    { erase: 'Lead', id: lead(3) },
    { put: 'Account', row: { Id: account(2), Name: 'Renamed' } },
  );
  await org.advanceClock(60);
  const run = await sync.complete();
  expect(run.kind).toBe('complete');
  expect(await blocked()).toMatchObject([
    { object: 'Case', of: 'records', code: 'OPERATION_REFUSED', missedBackfill: true, run: 2 },
  ]);
  expect(await staleObjects()).toEqual(['Case']);
  // The others were swept; cases were not.
  expect(await sync.found(PEOPLE.admin)).not.toContain(lead(3));
  expect(await sync.found(PEOPLE.admin)).toContain(gone);
  expect(await sync.found(PEOPLE.admin, 'Renamed')).toContain(account(2));

  await org.advanceClock(8 * DAY);
  await sync.incremental();
  await org.advanceClock(8 * DAY);
  expect((await sync.run()).reason).toBe('every 3rd run');
  await answerAgain();
  await sync.incremental();
  expect(await blocked()).toMatchObject([{ object: 'Case', answers: true }]);

  const { queries, ...again } = await logged(org, sync.run);
  expect(again.reason).toBe('the org answers queries on Case again: only Case is read');
  expect(queries.filter((query) => / ORDER BY Id /.test(query))).toEqual([expect.stringContaining(' FROM Case ')]);
  expect(again.counts.Case?.removed).toBe(1);
  expect(await blocked()).toEqual([]);
  expect(await staleObjects()).toEqual([]);
  await equal();
  // Run 4 was complete by its cadence: the backfill of one object does not count.
  expect((await sync.run()).reason).toBe('every 3rd run');
});

it('share rows that the first backfill cannot read only hide what they would open', async () => {
  await start();
  await refuse('FROM AccountShare', 'query-timeout');
  await sync.run();
  expect(await blocked()).toMatchObject([{ object: 'Account', of: 'shares', since: null, missedBackfill: true }]);
  expect((await sync.found(PEOPLE.admin)).filter((id) => id.startsWith('001'))).toHaveLength(ACCOUNTS);
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(5));
  await org.advanceClock(600);
  await sync.incremental();
  await org.advanceClock(600);
  await sync.incremental();

  await answerAgain();
  await sync.incremental();
  expect((await sync.run()).reason).toContain('only Account is read');
  expect(await sync.found(PEOPLE.agent)).toContain(account(5));
  await equal();
});

it('share rows of refused records still arrive', async () => {
  await start();
  await sync.complete();
  await org.advanceClock(3600);
  await refuse('FROM Account ');
  await org.change({ put: 'AccountShare', row: accountShare(902, account(1), PEOPLE.agent, 'Read', 'None', 'Manual') });
  await org.advanceClock(60);
  await sync.complete();
  expect(await blocked()).toMatchObject([{ object: 'Account', of: 'records' }]);
  expect(await sync.found(PEOPLE.agent)).toContain(account(1));
  await org.change({ put: 'AccountShare', row: accountShare(903, account(2), PEOPLE.agent, 'Read', 'None', 'Manual') });
  await org.advanceClock(60);
  await sync.incremental();
  expect(await sync.found(PEOPLE.agent)).toContain(account(2));
});

it('a backfill of one object resumes where it was interrupted', async () => {
  await start({ sliceRecords: 5 });
  await refuse('FROM Case ');
  await sync.run();
  await answerAgain();
  await sync.incremental();
  const failure = new Error('interrupted');
  const afterSlice = async ({ number }: { number: number }) => {
    if (number === 2) throw failure;
  };
  await expect(sync.run({ afterSlice })).rejects.toThrow(failure);
  expect((await sync.indexState()).backfill).toMatchObject({ objects: ['Case'] });
  await org.change({ put: 'Case', row: { Id: caseId(1), Subject: 'Renamed' } });
  await org.advanceClock(60);
  expect((await sync.run()).reason).toMatch(/^resumes the backfill of run 3/);
  await sync.incremental();
  await equal();
});

it('the backfill of one object does not serve a request for a complete backfill', async () => {
  await start();
  await refuse('FROM Case ');
  await sync.run();
  await answerAgain();
  await sync.incremental();
  expect((await sync.complete()).reason).toBe('requested by a signal');
  expect(await blocked()).toEqual([]);
  await equal();
});

it('a lasting error of one table is distinguished from an unavailable org', async () => {
  await start();
  await sync.complete();
  await org.advanceClock(3600);
  await org.change({ put: 'Contact', row: { Id: contact(1), Title: 'Renamed' } });
  await org.advanceClock(60);
  await refuse('FROM Opportunity WHERE', broken);
  await sync.incremental();
  expect(await blocked()).toMatchObject([{ object: 'Opportunity', of: 'records', code: 'UNKNOWN_EXCEPTION' }]);
  expect(await sync.found(PEOPLE.admin, 'Renamed')).toEqual([contact(1)]);

  await refuse('FROM ', broken);
  await expect(sync.run()).rejects.toThrow(/UNKNOWN_EXCEPTION/);
  expect(await blocked()).toMatchObject([{ object: 'Opportunity' }]);
  await answerAgain();
  await sync.incremental();
  await equal();
});

it('drops a stream whose object is switched off', async () => {
  await start();
  await sync.complete();
  await refuse('FROM LeadShare WHERE LastModifiedDate');
  await org.change({ put: 'LeadShare', row: share('01o', 901, 'Lead', lead(1), PEOPLE.agent, 'Read', 'Manual') });
  await org.advanceClock(3600);
  await sync.incremental();
  sync.restart({ objects: { Lead: { on: false, add: [], leaveOut: [], title: null, where: null } } });
  await sync.run();
  await sync.incremental();
  expect(await blocked()).toEqual([]);
  expect(await sync.found(PEOPLE.admin)).not.toContain(recordId('00Q', 1));
});

it("reads refused share rows again once their parents' queries answer, though dates stay slow", async () => {
  await start();
  await sync.complete();
  await org.advanceClock(3600);
  await refuse('FROM AccountShare', 'query-timeout');
  await sync.complete();
  expect(await blocked()).toMatchObject([{ object: 'Account', of: 'shares', missedBackfill: true }]);
  await refuse('Share WHERE LastModifiedDate', 'query-timeout');
  await org.change({ erase: 'AccountShare', id: recordId('00r', 11) });
  await org.advanceClock(600);
  await sync.incremental();
  expect((await sync.run()).reason).toContain('only Account is read');
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(5));
  await equal();
});

it('a filter that stays slow does not cause its object to be read again, and costs the others nothing', async () => {
  const where = "Name != 'x'";
  await start({ objects: { Account: { on: true, add: [], leaveOut: [], title: null, where } } });
  await refuse(where, 'query-timeout');
  await sync.run();
  for (const n of [1, 2, 3]) {
    await org.change({ put: 'Lead', row: { Id: lead(n), Company: `Renamed ${n}` } });
    await org.advanceClock(600);
    await sync.incremental();
    expect(await sync.found(PEOPLE.admin, `Renamed ${n}`)).toEqual([lead(n)]);
  }
  expect(await blocked()).toMatchObject([{ object: 'Account', of: 'records', answers: false }]);
});

it('changes come in while one object is read again, and a refusal midway is not retried every run', async () => {
  await start({ sliceRecords: 5 });
  await refuse('FROM Case ');
  await sync.run();
  // The first slice answers, the second does not.
  await refuse('FROM Case WHERE Id >');
  await sync.incremental();
  await org.change({ put: 'Lead', row: { Id: lead(1), Company: 'Renamed' } });
  await org.advanceClock(600);
  expect((await sync.run()).reason).toContain('only Case is read');
  expect(await sync.found(PEOPLE.admin, 'Renamed')).toEqual([lead(1)]);
  await sync.incremental();
  expect(await blocked()).toMatchObject([{ answers: false, rereads: 1 }]);
  await org.advanceClock(3600);
  await sync.incremental();
  expect(await blocked()).toMatchObject([{ answers: true, rereads: 1 }]);
});

it('a stuck object does not make another run complete, regardless of other requests for one', async () => {
  await start();
  await sync.complete();
  await org.advanceClock(1800);
  await refuse('FROM Contact ');
  await sync.incremental();
  const [organization] = await org.rows('Organization');
  await org.change(
    { put: 'PermissionSet', row: { Id: recordId('0PS', 3), Label: 'Touched' } },
    { put: 'Organization', row: { Id: String(organization?.Id), DefaultContactAccess: 'None' } },
  );
  await org.advanceClock(600);
  const kinds: string[] = [];
  for (let run = 0; run < 6; run++) {
    kinds.push((await sync.run()).kind);
    await org.advanceClock(600);
  }
  expect(kinds.filter((kind) => kind === 'complete').length).toBeLessThanOrEqual(1);
  await answerAgain();
  await sync.run();
  await sync.run();
  await sync.run();
  expect(await blocked()).toEqual([]);
  await equal();
});
