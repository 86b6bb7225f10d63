import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type SettingsByObject } from '../../src/objects/settings.ts';
import type { SalesforceOptions } from '../../src/salesforce/client.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, caseId, contact, lead, opportunity, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { type Change, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/**
 * What a run does about each fault of the org: it survives the fault, or gives up with one line and has lost nothing.
 */

const ACCOUNTS = 30;

/** As often as `workflows/activity-options.ts` lets an activity be tried. */
const ATTEMPTS = 12;

const LASTING = 100_000;

/** Every query has several pages. */
const SHORT_PAGES = { match: {}, times: LASTING, reply: 'short-pages' };

let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  start();
});

afterEach(async () => {
  sync.close();
  await org.close();
});

interface Start extends Partial<SalesforceOptions> {
  readonly attempts?: number;
  readonly sliceRecords?: number;
  readonly objects?: SettingsByObject;
}

function start({ sliceRecords = 20, objects = {}, ...client }: Start = {}): void {
  sync?.close();
  sync = createSyncRunner(org.url, { sliceRecords, objects }, { attempts: ATTEMPTS, sleep: async () => {}, ...client });
}

const equal = () => expectIndexEqualsOrg(sync.path, org);

interface Fault {
  readonly match: object;
  readonly reply: unknown;
  readonly times?: number;
}

/** Sets faults, and returns a check that each was injected: once, or as often as it says, or at all if it lasts. */
async function strike(...faults: Fault[]): Promise<() => Promise<void>> {
  await org.setFaults(faults);
  return async () => {
    const fired = await org.fired();
    const missed = faults.filter(({ times = 1 }, at) => (times === LASTING ? fired[at] === 0 : fired[at] !== times));
    expect(missed).toEqual([]);
  };
}

/** A day in the org: records and shares are added, changed and deleted, and move to other owners. */
const CHANGES: Change[] = [
  ...[1, 2, 3, 4, 5, 6].map((n) => ({ put: 'Account', row: { Id: account(n), Name: `Renamed ${n}` } })),
  ...[7, 8, 9].map((n) => ({ put: 'Account', row: { Id: account(n), OwnerId: PEOPLE.agent } })),
  { put: 'Contact', row: { Id: contact(10), AccountId: account(3) } },
  { put: 'Case', row: { Id: caseId(11), OwnerId: PEOPLE.seller, Subject: 'Moved' } },
  { delete: 'Account', id: account(12) },
  { delete: 'Opportunity', id: opportunity(13) },
  { convert: 'Lead', id: lead(14) },
  { merge: 'Account', master: account(15), losers: [account(17)] },
];

async function aDayLater(): Promise<void> {
  await org.setFaults([]);
  await org.change(...CHANGES);
  await org.advanceClock(60);
}

/**
 * Where faults are injected: in the membership tables, in records and in shares, before a query is answered and between
 * its pages.
 */
const IN_COMPLETE = [
  { query: 'FROM GroupMember', skip: 0 },
  { query: 'FROM Contact', skip: 3 },
  { query: 'FROM Case ORDER BY', skip: 0 },
  { query: 'FROM OpportunityShare', skip: 1 },
];
const IN_INCREMENTAL = [
  { query: 'FROM GroupMember', skip: 0 },
  { query: 'FROM Account WHERE SystemModstamp', skip: 0 },
  { query: 'FROM Account WHERE SystemModstamp', skip: 6 },
  { query: 'FROM AccountShare WHERE AccountId IN', skip: 0 },
];

const PASSING = [
  'session-expired',
  'limit-concurrent',
  'unavailable-json',
  'truncated-json',
  'unknown-exception',
  'limit-long-running',
  'unavailable-html',
  'truncated-gzip',
  'page-420',
  'empty-406',
  'reset',
  'reset-midway',
  'slow',
  'stall',
  'hang',
  'moved',
];

describe('faults that pass are survived without loss', () => {
  /** Spread over the places, several in a row at each. */
  const storm = (places: readonly { query: string; skip: number }[], shift: number) =>
    PASSING.map((reply, at) => {
      const { query, skip } = places[(at + shift) % places.length] ?? { query: '', skip: 0 };
      return { match: { query, skip: skip + Math.floor(at / places.length) }, reply };
    });

  /** At first, and when the session has expired. */
  const TOKENS = [
    { match: { path: '/oauth2/token' }, reply: 'unavailable-html', times: 2 },
    { match: { path: '/oauth2/token', skip: 3 }, reply: 'reset', times: 2 },
  ];

  it.each([
    [0, 10_800],
    [1, -10_800],
  ])('all of them, in order %i, with an org whose clock is %i s off', async (shift, seconds) => {
    await org.advanceClock(seconds);
    start({ idleMs: 500, firstByteMs: 1_000 });
    const inComplete = await strike(...TOKENS, ...storm(IN_COMPLETE, shift), SHORT_PAGES);
    await sync.run();
    await inComplete();

    await aDayLater();
    const inIncremental = await strike(...storm(IN_INCREMENTAL, shift), SHORT_PAGES);
    await sync.incremental();
    await inIncremental();
    await equal();
  });

  it('a lost cursor: the query continues after the last row', async () => {
    const places = ['FROM Contact', 'FROM CaseShare', 'FROM Lead'];
    const inComplete = await strike(
      ...places.map((query) => ({ match: { query, skip: 2 }, reply: 'locator-expired', times: 2 })),
      SHORT_PAGES,
    );
    await sync.run();
    await inComplete();
    const contacts = (await org.requests()).filter(({ query }) => query?.includes('FROM Contact '));
    // Two slices, and each lost cursor. None starts over.
    expect(contacts.filter(({ path, query }) => path.endsWith('/query') && !query?.includes("Id > '"))).toHaveLength(1);

    await aDayLater();
    const inIncremental = await strike(
      { match: { query: 'SystemModstamp' }, reply: 'locator-expired', times: 2 },
      SHORT_PAGES,
    );
    await sync.incremental();
    await inIncremental();
    await equal();
  });
});

describe('a query that takes too long for its size', () => {
  /** Enough members for a table that must be read in ranges. */
  const manyMembers = () =>
    org.change(
      ...Array.from({ length: 30 }, (_, n) => ({
        put: 'GroupMember',
        row: { Id: recordId('011', n + 2), GroupId: recordId('00G', 1), UserOrGroupId: PEOPLE.seller },
      })),
    );

  it('is requested again for fewer rows, and every row is read once', async () => {
    start({ sliceRecords: 100 });
    await manyMembers();
    const inComplete = await strike({ match: { rows_over: 25 }, reply: 'query-timeout', times: LASTING });
    await sync.run();
    await inComplete();
    expect((await sync.indexState()).documents).toMatchObject({ Account: ACCOUNTS, Case: ACCOUNTS });

    const renamed = Array.from({ length: ACCOUNTS }, (_, n) => n + 1);
    const SystemModstamp = new Date().toISOString();
    const row = (n: number) => ({ Id: account(n), OwnerId: PEOPLE.agent, SystemModstamp });
    await org.change(...renamed.map((n) => ({ put: 'Account', row: row(n) })));
    await org.advanceClock(60);
    await strike({ match: { rows_over: 25 }, reply: 'query-timeout', times: LASTING });
    await org.clearRequests();
    await sync.incremental();
    await equal();
    const changed = (await org.requests()).filter(({ query }) => query?.includes('FROM Account WHERE'));
    expect(changed.reduce((sum, { rows }) => sum + (rows ?? 0), 0)).toBe(ACCOUNTS);
    // The queries were cut among rows with the same stamp.
    expect(new Set((await org.rows('Account')).map((row) => row.SystemModstamp)).size).toBe(1);
  });

  it('is sent alone if the org does not finish five, and what cannot be counted is left out', async () => {
    start({ attempts: 1 });
    const inComplete = await strike(
      { match: { query: 'COUNT(Id) records FROM' }, reply: 'unavailable-html', times: LASTING },
      { match: { query: 'UserOrGroupId FROM GroupMember' }, reply: 'unavailable-html', times: 3 },
    );
    await sync.run();
    await inComplete();

    await aDayLater();
    const inIncremental = await strike({
      match: { query: 'FROM Account WHERE SystemModstamp' },
      reply: 'reset',
      times: 3,
    });
    await sync.incremental();
    await inIncremental();
    await equal();
  });

  it('does not time out again in every slice of a run', async () => {
    start({ sliceRecords: 15 });
    await strike({ match: { query: 'FROM AccountShare', rows_over: 16 }, reply: 'query-timeout', times: LASTING });
    await sync.run();
    const asked = (await org.requests()).filter(({ query }) => query?.includes('FROM AccountShare'));
    // Half of a slice's parents have few enough rows. The second slice starts with halves; the last one is empty.
    expect(asked.map(({ status }) => status)).toEqual([400, 200, 200, 200, 200, 200]);
  });
});

describe('a lasting fault ends the run with one line, and no watermark passes what is unread', () => {
  it.each<[what: string, reply: string, type: string, line: RegExp, mend?: () => Promise<void>]>([
    [
      'credentials are revoked',
      'credentials-revoked',
      'CredentialsError',
      /^no token: invalid_client .* Copy it from External Client App › Settings › OAuth Settings › Consumer Key and Secret\.$/,
      () => org.failTokens(null),
    ],
    ['Salesforce is down', 'unavailable-html', 'TransientError', /503 .* https:\/\/status\.salesforce\.com/],
  ])('%s', async (_what, reply, type, line, mend = async () => {}) => {
    start({ attempts: 2 });
    const inComplete = await strike({ match: { query: 'FROM Case ORDER BY' }, reply, times: LASTING });
    const failure = await sync.run().catch((error: unknown) => error);
    await inComplete();
    expect(failure).toMatchObject({ type, message: expect.stringMatching(line) });
    const { watermarks, backfill } = await sync.indexState();
    expect(watermarks).toEqual({});
    expect(backfill?.positions).toMatchObject({ Contact: { done: true, recordsRead: ACCOUNTS } });
    expect(backfill?.positions.Case).toBeUndefined();

    await org.setFaults([]);
    await mend();
    await sync.resume();

    await aDayLater();
    const held = (await sync.indexState()).watermarks;
    const match = { query: 'FROM Account WHERE SystemModstamp' };
    const inIncremental = await strike({ match, reply, times: LASTING });
    await expect(sync.run()).rejects.toThrow(line);
    await inIncremental();
    expect((await sync.indexState()).watermarks).toEqual(held);
    await org.setFaults([]);
    await mend();
    await sync.incremental();
    await equal();
  });
});

it('a used-up API limit makes the run wait with one line, and no watermark passes what is unread', async () => {
  start({ attempts: 2 });
  const line = /^waiting for the org's API limit: .*TotalRequests Limit exceeded, .* asks again at/;
  /** Lets the run wait a few times, and then frees the limit. */
  const waitingIn = (run: () => Promise<void>) => {
    let waits = 0;
    return async () => {
      waits += 1;
      expect(sync.memo().headline).toMatch(line);
      await run();
      if (waits === 3) await org.setFaults([]);
    };
  };
  await org.setFaults([{ match: { query: 'FROM Case ORDER BY' }, reply: 'limit-total', times: LASTING }]);
  const first = await sync.run({
    whileWaiting: waitingIn(async () => {
      const { watermarks, backfill } = await sync.indexState();
      expect(watermarks).toEqual({});
      expect(backfill?.positions).toMatchObject({ Contact: { done: true, recordsRead: ACCOUNTS } });
      expect(backfill?.positions.Case).toBeUndefined();
    }),
  });
  expect(first.waits).toHaveLength(3);
  await equal();

  await aDayLater();
  const held = (await sync.indexState()).watermarks;
  const match = { query: 'FROM Account WHERE SystemModstamp' };
  await org.setFaults([{ match, reply: 'limit-total', times: LASTING }]);
  const next = await sync.run({
    whileWaiting: waitingIn(async () => expect((await sync.indexState()).watermarks).toEqual(held)),
  });
  expect([next.kind, next.waits.length]).toEqual(['incremental', 3]);
  await equal();
});

describe('the integration user loses visibility during a run', () => {
  const withRegion = { Account: { ...DEFAULT_SETTINGS, add: ['Region__c'] } };

  it('of a field: the run ends, and the next one continues without the field', async () => {
    await org.change({ add_field: 'Account', name: 'Region__c' });
    start({ objects: withRegion });
    await sync.run();
    const held = (await sync.indexState()).watermarks;
    await aDayLater();
    const gone = await strike({
      match: { query: 'WHERE SystemModstamp' },
      reply: { change: [{ drop_field: 'Account', name: 'Region__c' }] },
    });
    await expect(sync.run()).rejects.toThrow(
      'What is indexed has changed since the run began (Account loses Region__c). The next run is a complete backfill.',
    );
    await gone();
    expect((await sync.indexState()).watermarks).toEqual(held);
    expect(await sync.run()).toMatchObject({
      kind: 'complete',
      reason: 'what is indexed has changed: Account loses Region__c',
    });
    await equal();
  });

  it('of an object: its records do not count as deleted', async () => {
    await sync.run();
    const { documents } = await sync.indexState();
    const set = recordId('0PS', 3);
    const seen = ['Account', 'Contact', 'Opportunity', 'Lead'].map((SobjectType, n) => ({
      put: 'ObjectPermissions',
      row: {
        Id: recordId('110', 50 + n),
        ParentId: set,
        SobjectType,
        PermissionsRead: true,
        PermissionsViewAllRecords: true,
      },
    }));
    const change = [{ put: 'PermissionSet', row: { Id: set, PermissionsViewAllData: false } }, ...seen];
    const gone = await strike({ match: { query: 'FROM Case ORDER BY' }, reply: { change } });
    await expect(sync.complete()).rejects.toThrow(/\(Case is no longer visible\)/);
    await gone();
    expect(await sync.run()).toMatchObject({ reason: 'what is indexed has changed: Case is no longer visible' });
    expect((await sync.indexState()).documents).toEqual(documents);

    await org.change({ put: 'PermissionSet', row: { Id: set, PermissionsViewAllData: true } });
    expect(await sync.run()).toMatchObject({ reason: 'what is indexed has changed: Case is visible again' });
    await equal();
  });
});

describe('the org changes while it is read', () => {
  it('records change owners, are merged, converted, deleted and erased between two pages', async () => {
    const between = (query: string, change: Change[]) => ({ match: { query, skip: 2 }, reply: { change } });
    const struck = await strike(
      between('FROM Account ORDER BY', [
        { put: 'Account', row: { Id: account(1), OwnerId: PEOPLE.agent } },
        { put: 'Account', row: { Id: account(29), OwnerId: PEOPLE.agent } },
        { erase: 'Account', id: account(28) },
      ]),
      between('FROM Contact', [{ delete: 'Contact', id: contact(30) }]),
      between('FROM Case ORDER BY', [{ merge: 'Account', master: account(2), losers: [account(5)] }]),
      between('FROM Opportunity ORDER BY', [
        { put: 'Opportunity', row: { Id: opportunity(2), OwnerId: PEOPLE.agent } },
      ]),
      between('FROM Lead', [
        { convert: 'Lead', id: lead(29) },
        { undelete: 'Contact', id: contact(30) },
      ]),
      SHORT_PAGES,
    );
    await sync.run();
    await struck();
    await org.advanceClock(60);
    await sync.incremental();
    await equal();
  });

  it('rows that are deleted between two pages cost no further try in any table', async () => {
    start({ attempts: 1, sliceRecords: 100 });
    const extra = { Id: recordId('011', 900), GroupId: recordId('00G', 1), UserOrGroupId: PEOPLE.seller };
    await org.change(
      { put: 'GroupMember', row: extra },
      { put: 'GroupMember', row: { ...extra, Id: recordId('011', 901) } },
    );
    const between = (query: string, skip: number, change: Change[]) => ({ match: { query, skip }, reply: { change } });
    const inComplete = await strike(
      between('FROM Account ORDER BY', 1, [{ erase: 'Account', id: account(28) }]),
      between('FROM AccountShare ORDER BY', 1, [{ erase: 'AccountShare', id: recordId('00r', 36) }]),
      between('false ORDER BY Id', 1, [{ erase: 'Lead', id: lead(26) }]),
      // Once more while it is read again.
      between('false ORDER BY Id', 7, [{ delete: 'Lead', id: lead(28) }]),
      between('UserOrGroupId FROM GroupMember', 1, [{ erase: 'GroupMember', id: extra.Id }]),
      SHORT_PAGES,
    );
    await sync.run();
    await inComplete();
    await org.advanceClock(60);
    await sync.incremental();
    await equal();
  });

  it('transactions that are committed nine minutes late are found in either kind of run', async () => {
    await org.changeLate(540, ...CHANGES.slice(0, 8));
    await org.advanceClock(300);
    await sync.run();
    // The control: the run could not see them.
    expect((await org.rows('Account')).map((row) => row.Name)).not.toContain('Renamed 1');
    await org.changeLate(540, ...CHANGES.slice(8));
    await org.advanceClock(300);
    await sync.incremental();
    await org.advanceClock(300);
    await sync.incremental();
    await equal();
    const names = (await org.rows('Account')).map((row) => row.Name);
    expect(names).toContain('Renamed 1');
    expect((await org.rows('Case')).map((row) => row.Subject)).toContain('Moved');
  });

  it('records purged unseen stay until the next complete run, which comes within 15 days', async () => {
    await sync.run();
    await org.change({ delete: 'Lead', id: lead(1) }, { purge: 'Lead' }, { erase: 'Case', id: caseId(1) });
    await org.advanceClock(60);
    await sync.incremental();
    expect((await sync.indexState()).documents.Case).toBe(ACCOUNTS);
    await org.advanceClock(16 * 86_400);
    expect((await sync.run()).reason).toMatch(/^the last successful run is more than 15 days ago/);
    await equal();
  });
});
