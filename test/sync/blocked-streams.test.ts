import { afterEach, expect, it } from 'vitest';
import { type HandSync, syncByHand } from './by-hand.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, accountShare, caseId, contact, lead, orgFolder, PEOPLE, recordId, share } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';

/** A table that the org does not answer costs its own stream; everything else goes on. */

const ACCOUNTS = 12;
/** Calls of a run that finds nothing new. */
const IDLE = 6;
const FOR_GOOD = 100_000;
const DAY = 86_400;

let org: SandboxOrg;
let sync: HandSync;

afterEach(async () => {
  sync?.close();
  await org?.close();
});

async function start(settings: Parameters<typeof syncByHand>[1] = {}): Promise<void> {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  sync = syncByHand(org.url, { sliceRecords: 20, ...settings }, { attempts: 12, sleep: async () => {} });
}

const refused = { part: { status: 400, errorCode: 'OPERATION_REFUSED', message: 'not today' } };
const broken = { part: { status: 500, errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred.' } };
const refuse = (query: string, reply: unknown = refused) =>
  org.setFaults([{ match: { query }, times: FOR_GOOD, reply }]);
const answerAgain = () => org.setFaults([]);
const blocked = async () => (await sync.indexState()).blocked;
const staleObjects = async () => (await sync.indexState()).stale.map(({ object }) => object);
const equal = () => expectIndexEqualsOrg(sync.path, org);

it('share rows that are always refused: the other streams stay fresh, for weeks, and what was missed comes later', async () => {
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

it('while it is refused, a stream costs one query a run', async () => {
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

it('records that a complete backfill cannot read: the others end it, and the object alone is read again', async () => {
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
  expect(again.reason).toBe('the org answers queries of Case again: only Case is read');
  expect(queries.filter((query) => / ORDER BY Id /.test(query))).toEqual([expect.stringContaining(' FROM Case ')]);
  expect(again.counts.Case?.removed).toBe(1);
  expect(await blocked()).toEqual([]);
  expect(await staleObjects()).toEqual([]);
  await equal();
  // Run 4 was complete by the cadence: the backfill of one object does not count.
  expect((await sync.run()).reason).toBe('every 3rd run');
});

it('share rows that the first backfill cannot read close what they open, and cost nothing else', async () => {
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

it('records that are refused keep their share rows coming', async () => {
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

it('a backfill of one object goes on where it was interrupted', async () => {
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
  expect((await sync.run()).reason).toMatch(/^goes on with the backfill of run 3/);
  await sync.incremental();
  await equal();
});

it('a request for a complete backfill is not served by the backfill of one object', async () => {
  await start();
  await refuse('FROM Case ');
  await sync.run();
  await answerAgain();
  await sync.incremental();
  expect((await sync.complete()).reason).toBe('asked for by a signal');
  expect(await blocked()).toEqual([]);
  await equal();
});

it('an error of one table that lasts is told apart from an org that is down', async () => {
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

it('a stream whose object is switched off is forgotten', async () => {
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

it('share rows that a backfill was refused are read again once their parents’ queries answer, though dates stay slow', async () => {
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

it('a filter that stays slow is no reason to read its object again, and costs the others nothing', async () => {
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

it('while one object is read again, changes of the others come in; refused midway, it is not tried in every run', async () => {
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

it('a stuck object makes no other run complete, whatever else asks for one', async () => {
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
