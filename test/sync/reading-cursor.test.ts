import Libsql from 'libsql';
import { afterEach, expect, it } from 'vitest';
import { parentsRead } from '../../src/sync/slice-records.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, accountShare, orgFolder, PEOPLE } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

// A backfill continues at a position that another version stored.

const ACCOUNTS = 40;
const SLICE = 7;

let org: SandboxOrg;
let sync: SyncRunner;

afterEach(async () => {
  sync?.close();
  await org?.close();
});

/** Interrupts the first backfill after three slices of accounts. */
async function interrupted(options: Parameters<typeof createSyncRunner>[2] = {}): Promise<void> {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  sync = createSyncRunner(org.url, { sliceRecords: SLICE }, options);
  await sync.completeInterrupted(3);
}

function inFile<Result>(work: (db: InstanceType<typeof Libsql>) => Result): Result {
  const db = new Libsql(sync.path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** The queries for accounts by Id: the Id after which each reads, or null. */
const accountsAfter = (queries: readonly string[]) =>
  queries
    .filter((query) => / FROM Account .*ORDER BY Id/.test(query))
    .map((query) => /Id > '(\w+)'/.exec(query)?.[1] ?? null);

/** Removes from a stored value what an older version would not have written. Returns how many cursors it had. */
function withoutCursors(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const isPosition = 'recordsRead' in value && 'cursor' in value;
  if (isPosition) delete value.cursor;
  return Object.values(value).reduce((sum: number, each) => sum + withoutCursors(each), isPosition ? 1 : 0);
}

it('resumes an older version’s backfill, and takes its positions from every message and state', async () => {
  const removed = new Map<string, number>();
  const onStored = (what: string, value: unknown) =>
    removed.set(what, (removed.get(what) ?? 0) + withoutCursors(value));
  await interrupted({ continueEvery: 4, onStored });
  expect(inFile((db) => db.prepare('select after_id from progress where obj = 1').raw().get())).toEqual([account(21)]);
  const { plan, queries, executions } = await logged(org, () => sync.run());
  expect(plan.backfill?.positions.Account).toEqual({ after: account(21), done: false, recordsRead: 21 });
  expect(executions).toBeGreaterThan(3);
  for (const what of ['output of backfillSlice', 'update beginRun']) expect(removed.get(what)).toBeGreaterThan(0);
  expect(accountsAfter(queries)).toEqual([account(21), account(28), account(35)]);
  expect(sync.memo().progress.Account).toMatchObject({ read: ACCOUNTS, done: true });
  await expectIndexEqualsOrg(sync.path, org);
});

it('reads an object from its beginning if a later version wrote its cursor, and loses nothing', async () => {
  await interrupted();
  // Accounts are half read. Leads come last, so passes find the unknown cursor, too.
  inFile((db) => {
    const put = db.prepare('update progress set after_id = ?, done = 0, records_read = 21 where obj = ?');
    for (const obj of [1, 5]) put.run(JSON.stringify({ kind: 'of_tomorrow', job: `750-${obj}` }), obj);
  });
  await org.change(
    { put: 'Account', row: { Id: account(1), Name: 'Renamed meanwhile' } },
    { put: 'AccountShare', row: accountShare(902, account(2), PEOPLE.agent, 'Read', 'None', 'Manual') },
  );
  await org.advanceClock(60);
  let passes = 0;
  const meanwhile = {
    afterSlice: async ({ number, tick }: { number: number; tick: () => void }) => {
      if (number === 1) tick();
    },
    afterPass: async () => {
      passes += 1;
    },
  };
  const { plan, queries } = await logged(org, () => sync.run(meanwhile));
  expect(plan.backfill?.positions.Account).toEqual({
    cursor: { kind: 'of_tomorrow', job: '750-1' },
    after: null,
    done: false,
    recordsRead: 21,
  });
  expect(passes).toBe(1);
  expect(accountsAfter(queries)).toEqual([null, 7, 14, 21, 28, 35].map((n) => (n === null ? null : account(n))));
  expect(await sync.found(PEOPLE.admin, 'meanwhile')).toEqual([account(1)]);
  // The count continues, because a run must never find the index behind it.
  expect(sync.memo().progress.Account).toMatchObject({ read: 21 + ACCOUNTS, done: true });
  await expectIndexEqualsOrg(sync.path, org);
});

it.each([
  [{ kind: 'keyset', after: account(21) }, false, { after: null, upTo: account(21) }],
  [{ kind: 'of_tomorrow' }, false, null],
  [null, false, null],
  [{ kind: 'of_tomorrow' }, true, { after: null, upTo: null }],
])('the share rows that a backfill has read, at the cursor %j, at its end: %s', (cursor, done, parents) => {
  expect(parentsRead({ cursor, done, recordsRead: 21 })).toEqual(parents);
});
