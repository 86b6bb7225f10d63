import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import {
  account,
  accountShare,
  caseId,
  contact,
  lead,
  opportunity,
  orgFolder,
  PEOPLE,
  ROLES,
  recordId,
  share,
} from './org-folder.ts';
import { type Change, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';
import { testTemporal } from './temporal.ts';

let temporal: DevServer;
let org: SandboxOrg;
/** Tests of what the index contains need no server. */
let sync: SyncRunner;
/** What a run reports. */
let connection: TestConnection;

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 30 }));
  sync = createSyncRunner(org.url, { sliceRecords: 16_000, pageSize: 2_000 });
  await sync.complete();
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address });
  await connection.startWorker();
  await connection.run();
  // The overlap of the next windows must not hide a change that a wrong window would lose.
  await org.advanceClock(3600);
});

afterAll(async () => {
  sync?.close();
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

async function found(as: string, words = '', path = sync.path): Promise<string[]> {
  const index = await openIndexReader({ index: indexAt(path) });
  try {
    return await index.ids(words, { as });
  } finally {
    await index.close();
  }
}

/** Changes that an incremental run brings in at once, each with what someone then finds or no longer finds. */
const rows: { name: string; changes: Change[]; finds?: [string, string]; misses?: [string, string] }[] = [
  {
    name: 'a new record with its owner share',
    changes: [
      {
        put: 'Lead',
        row: {
          Id: lead(900),
          Name: 'Nora New',
          LastName: 'New',
          Company: 'Novelty',
          Status: 'Open',
          IsConverted: false,
          OwnerId: PEOPLE.seller,
          IsDeleted: false,
        },
      },
      { put: 'LeadShare', row: fresh(share('01o', 900, 'Lead', lead(900), PEOPLE.seller, 'All', 'Owner')) },
    ],
    finds: [PEOPLE.agent, lead(900)],
  },
  {
    name: 'a changed text',
    changes: [{ put: 'Case', row: { Id: caseId(1), Subject: 'Winch jammed' } }],
    finds: [PEOPLE.agent, caseId(1)],
  },
  {
    name: 'another owner, whose old rows are gone',
    changes: [
      { put: 'Opportunity', row: { Id: opportunity(3), OwnerId: PEOPLE.agent } },
      {
        put: 'OpportunityShare',
        row: fresh(share('00t', 3, 'Opportunity', opportunity(3), PEOPLE.agent, 'All', 'Owner')),
      },
    ],
    finds: [PEOPLE.agent, opportunity(3)],
    misses: [PEOPLE.manager, opportunity(3)],
  },
  {
    name: 'a manual share of a case',
    changes: [{ put: 'CaseShare', row: fresh(share('01n', 901, 'Case', caseId(3), PEOPLE.seller, 'Read', 'Manual')) }],
    finds: [PEOPLE.seller, caseId(3)],
    misses: [PEOPLE.otherSeller, caseId(3)],
  },
  {
    name: 'a removed share',
    changes: [{ erase: 'CaseShare', id: recordId('01n', 901) }],
    misses: [PEOPLE.manager, caseId(3)],
  },
  {
    name: "an account share, which reaches the account's children",
    changes: [
      { put: 'AccountShare', row: fresh(accountShare(902, account(4), PEOPLE.agent, 'Read', 'Read', 'Manual')) },
    ],
    finds: [PEOPLE.agent, contact(4)],
  },
  {
    name: 'a share that is changed to None',
    changes: [
      { put: 'AccountShare', row: fresh(accountShare(2 * 5 + 1, account(5), PEOPLE.agent, 'None', 'None', 'Manual')) },
    ],
    misses: [PEOPLE.agent, account(5)],
  },
  {
    name: 'a contact that moves to another account',
    changes: [{ put: 'Contact', row: { Id: contact(6), AccountId: account(10) } }],
    finds: [PEOPLE.agent, contact(6)],
  },
  {
    name: 'a contact that loses its account: private to its owner',
    changes: [{ put: 'Contact', row: { Id: contact(15), AccountId: null } }],
    finds: [PEOPLE.otherSeller, contact(15)],
    misses: [PEOPLE.manager, contact(15)],
  },
  {
    name: 'an opportunity that becomes private',
    changes: [{ put: 'Opportunity', row: { Id: opportunity(10), IsPrivate: true } }],
    misses: [PEOPLE.agent, opportunity(10)],
  },
  {
    name: 'a deleted account, with its contacts, cases and opportunities',
    changes: [{ delete: 'Account', id: account(18) }],
    misses: [PEOPLE.admin, contact(18)],
  },
  {
    name: 'an account restored from the recycle bin',
    changes: [{ undelete: 'Account', id: account(18) }],
    finds: [PEOPLE.admin, account(18)],
  },
  {
    name: 'two accounts merged',
    changes: [{ merge: 'Account', master: account(21), losers: [account(22)] }],
    finds: [PEOPLE.admin, contact(22)],
    misses: [PEOPLE.admin, account(22)],
  },
  {
    name: 'a converted lead',
    changes: [{ convert: 'Lead', id: lead(1) }],
    misses: [PEOPLE.admin, lead(1)],
  },
  {
    name: 'a role that moves in the hierarchy',
    changes: [{ put: 'UserRole', row: { Id: ROLES.agent, ParentRoleId: ROLES.seller } }],
    finds: [PEOPLE.seller, caseId(1)],
  },
  {
    name: 'a deactivated user is no longer served, and their records stay where they were',
    changes: [{ put: 'User', row: { Id: PEOPLE.otherSeller, IsActive: false } }],
    finds: [PEOPLE.manager, account(1)],
  },
];

/** LastModifiedDate as the org sets it: now. */
function fresh<T extends Record<string, unknown>>(row: T): Omit<T, 'LastModifiedDate'> {
  const { LastModifiedDate: _, ...rest } = row;
  return rest;
}

describe('the next run brings in', () => {
  it.each(rows)('$name', async ({ changes, finds, misses }) => {
    await org.change(...changes);
    await org.advanceClock(60);
    await sync.incremental();
    if (finds) expect(await found(finds[0])).toContain(finds[1]);
    if (misses) expect(await found(misses[0])).not.toContain(misses[1]);
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('a record that was committed late, with an older stamp than the last run has read up to', async () => {
    const [{ Date: now }] = [{ Date: await orgTime() }];
    const stamp = new Date(now - 9 * 60_000).toISOString();
    await org.change({
      put: 'Lead',
      row: {
        Id: lead(903),
        Name: 'Lars Late',
        LastName: 'Late',
        Company: 'Slow',
        Status: 'Open',
        IsConverted: false,
        OwnerId: PEOPLE.seller,
        IsDeleted: false,
        SystemModstamp: stamp,
        LastModifiedDate: stamp,
      },
    });
    await sync.incremental();
    expect(await found(PEOPLE.admin, 'Late')).toEqual([lead(903)]);
  });
});

async function orgTime(): Promise<number> {
  const response = await fetch(`${org.url}/services/data/`);
  return Date.parse(response.headers.get('date') ?? '');
}

it('a record that cannot be indexed costs only itself, is reported, and comes back once it is fixed', async () => {
  const describe = (n: number, Description: string) => ({ put: 'Account', row: { Id: account(n), Description } });
  await org.change(describe(7, 'private '.repeat(130_000)), describe(8, `${'lorem ipsum '.repeat(10_922)}zuletzt`));
  await org.advanceClock(60);
  const run = await connection.run();
  const cause = 'Description has 1,040,000 characters; at most 1,000,000 are allowed';
  const warning = `1 record could not be indexed: Account ${account(7)} (${cause})`;
  expect(run).toMatchObject({
    status: 'COMPLETED',
    memo: {
      kind: 'incremental',
      headline: expect.stringContaining(warning),
      warnings: [warning],
      unindexed: {
        count: 1,
        records: [{ id: account(7), object: 'Account', cause, why: { code: 'field_too_long', characters: 1_040_000 } }],
      },
      warningFacts: [{ code: 'records_unindexed', count: 1 }],
    },
  });
  expect(await found(PEOPLE.admin, '', connection.config.index.path)).not.toContain(account(7));
  expect(await found(PEOPLE.admin, 'zuletzt', connection.config.index.path)).toEqual([account(8)]);

  await org.change(describe(7, 'short'), describe(8, 'short'));
  await org.advanceClock(60);
  const mended = await connection.run();
  expect([mended.memo.warnings ?? [], mended.memo.unindexed]).toEqual([[], { count: 0, records: [] }]);
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('more rows with one stamp than a slice can take lose nothing', async () => {
  const small = createSyncRunner(org.url, { sliceRecords: 7 });
  try {
    await small.complete();
    await org.advanceClock(3600);
    const stamp = new Date(await orgTime()).toISOString();
    const ids = Array.from({ length: 40 }, (_, i) => lead(1000 + i));
    await org.change(
      ...ids.map((Id) => ({
        put: 'Lead',
        row: {
          Id,
          Name: `Tied ${Id}`,
          LastName: 'Tied',
          Company: 'Knot',
          Status: 'Open',
          IsConverted: false,
          OwnerId: PEOPLE.seller,
          IsDeleted: false,
          SystemModstamp: stamp,
          LastModifiedDate: stamp,
        },
      })),
    );
    await org.advanceClock(60);
    await small.incremental();
    for (const id of ids) expect(await found(PEOPLE.admin, 'Knot', small.path)).toContain(id);
    await expectIndexEqualsOrg(small.path, org);
  } finally {
    small.close();
  }
});

describe('the next complete backfill, and no earlier run, catches what leaves no trace', () => {
  const gone: { name: string; change: Change; who: string; id: string }[] = [
    { name: 'a hard delete', change: { erase: 'Lead', id: lead(2) }, who: PEOPLE.admin, id: lead(2) },
  ];
  it.each(gone)('$name', async ({ change, who, id }) => {
    await org.change(change);
    await org.advanceClock(3600);
    await sync.incremental();
    expect(await found(who)).toContain(id);
    await sync.complete();
    expect(await found(who)).not.toContain(id);
    await expectIndexEqualsOrg(sync.path, org);
  });
});

it('an idle run changes nothing, and costs few calls', async () => {
  await org.advanceClock(3600);
  await connection.run();
  await org.clearRequests();
  const run = await connection.run();
  expect(run).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental' } });
  for (const progress of Object.values(run.memo.progress)) {
    expect(progress).toMatchObject({ added: 0, changed: 0, removed: 0 });
  }
  const calls = (await org.requests()).filter((request) => request.path.startsWith('/services/data'));
  expect(calls).toHaveLength(6);
  expect(run.memo.apiCalls).toBe(6);
});
