import Libsql from 'libsql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder, PEOPLE, ROLES, recordId } from './org-folder.ts';
import { type Change, logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** Who is who is read again only if it has changed. */

let org: SandboxOrg;
let sync: SyncRunner;

beforeAll(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  sync = createSyncRunner(org.url);
  await sync.complete();
});

beforeEach(async () => {
  // Everything with an earlier stamp has been committed since.
  await org.advanceClock(3600);
  await sync.incremental();
  await org.advanceClock(600);
});

afterAll(async () => {
  sync?.close();
  await org?.close();
});

const tablesRead = (queries: readonly string[]): string[] =>
  queries.flatMap((query) => (/COUNT|Share|FROM (Account|Contact|Case|Opportunity|Lead)\b/.test(query) ? [] : query));

/** The tables that were read, apart from those that always are. */
async function readInNextRun(): Promise<string[]> {
  return tablesRead((await logged(org, sync.incremental)).queries)
    .map((query) => / FROM (\w+)/.exec(query)?.[1] ?? query)
    .filter((table) => table !== 'Organization' && table !== 'EntityDefinition')
    .toSorted();
}

function generations(): unknown[] {
  const db = new Libsql(sync.path);
  try {
    return db.prepare('select gen, as_of from generation').raw().all();
  } finally {
    db.close();
  }
}

it('an idle run reads no table and writes no generation, but confirms the current one', async () => {
  const [[before, asOf] = []] = generations() as [number, number][];
  expect(await readInNextRun()).toEqual([]);
  const [[after, later] = []] = generations() as [number, number][];
  expect(after).toBe(before);
  expect(later).toBeGreaterThan(asOf ?? Number.NaN);
});

const RIGHTS = ['FieldPermissions', 'ObjectPermissions', 'PermissionSet', 'PermissionSetGroup'];
/** In the order of their names. */
const WITH_ASSIGNMENTS = [...RIGHTS, 'PermissionSetAssignment'].toSorted();
const SET = recordId('0PS', 77);
const HOURLY = recordId('0PS', 80);
/** Each with its table, its change, and the tables that are read for it. */
const changes: [string, Change[], string[]][] = [
  ['a promotion', [{ put: 'User', row: { Id: PEOPLE.seller, UserRoleId: ROLES.manager } }], ['User']],
  [
    'a freeze',
    [{ put: 'UserLogin', row: { Id: recordId('0Yw', 1), UserId: PEOPLE.agent, IsFrozen: true } }],
    ['UserLogin'],
  ],
  ['a moved role', [{ put: 'UserRole', row: { Id: ROLES.agent, ParentRoleId: ROLES.seller } }], ['UserRole']],
  [
    'a new member of a queue',
    [
      {
        put: 'GroupMember',
        row: { Id: recordId('011', 9), GroupId: recordId('00G', 1), UserOrGroupId: PEOPLE.seller },
      },
    ],
    ['GroupMember'],
  ],
  ['a removed member of a queue', [{ erase: 'GroupMember', id: recordId('011', 9) }], ['GroupMember']],
  [
    'a group with DoesIncludeBosses',
    [{ put: 'Group', row: { Id: recordId('00G', 1), DoesIncludeBosses: true } }],
    ['Group'],
  ],
  [
    'a permission set with a right on it',
    [
      { put: 'PermissionSet', row: { Id: SET, Name: 'All cases', Label: 'All cases', IsOwnedByProfile: false } },
      {
        put: 'ObjectPermissions',
        row: {
          Id: recordId('110', 77),
          ParentId: SET,
          SobjectType: 'Case',
          PermissionsRead: true,
          PermissionsViewAllRecords: true,
        },
      },
    ],
    // The assignments of a set that matters only now were never read.
    WITH_ASSIGNMENTS,
  ],
  [
    'its assignment',
    [
      {
        put: 'PermissionSetAssignment',
        row: { Id: recordId('0Pa', 77), AssigneeId: PEOPLE.otherSeller, PermissionSetId: SET },
      },
    ],
    ['PermissionSetAssignment'],
  ],
  [
    'the end of its assignment',
    [{ erase: 'PermissionSetAssignment', id: recordId('0Pa', 77) }],
    ['PermissionSetAssignment'],
  ],
  ['an open default', [{ put: 'Organization', row: { Id: recordId('00D', 1), DefaultCaseAccess: 'Read' } }], []],
];

it.each(changes)('%s takes one run that reads only the changed tables', async (_, change, tables) => {
  await org.change(...change);
  expect(await readInNextRun()).toEqual(tables);
  await expectIndexEqualsOrg(sync.path, org);
});

it('a table is read until a late commit can no longer hide behind its newest stamp', async () => {
  // A chief's role. It is stamped five minutes before another change, and committed after that one was read.
  await org.change({ put: 'User', row: { Id: PEOPLE.agent, ManagerId: null } });
  expect(await readInNextRun()).toEqual(['User']);
  const stamp = String((await org.rows('User')).find(({ Id }) => Id === PEOPLE.agent)?.SystemModstamp);
  const older = new Date(Date.parse(stamp) - 5 * 60_000).toISOString();
  await org.change({
    put: 'User',
    row: { Id: PEOPLE.otherSeller, UserRoleId: ROLES.chief, SystemModstamp: older, LastModifiedDate: older },
  });
  await org.advanceClock(120);
  expect(await readInNextRun()).toEqual(['User']);
  await expectIndexEqualsOrg(sync.path, org);
  await org.advanceClock(600);
  expect(await readInNextRun()).toEqual(['User']);
  expect(await readInNextRun()).toEqual([]);
});

it('the next complete backfill finds a change that leaves count and newest stamp alone', async () => {
  const old = '2026-01-01T00:00:00.000Z';
  await org.change({
    put: 'User',
    row: { Id: PEOPLE.otherSeller, UserRoleId: ROLES.agent, SystemModstamp: old, LastModifiedDate: old },
  });
  expect(await readInNextRun()).toEqual([]);
  await expect(expectIndexEqualsOrg(sync.path, org)).rejects.toThrow();
  await sync.complete();
  await expectIndexEqualsOrg(sync.path, org);
});

it('a restarted worker reads no table, but computes the membership again with its newer code', async () => {
  const [[before] = []] = generations() as [number, number][];
  await org.advanceClock(60);
  sync.restart();
  expect(await readInNextRun()).toEqual([]);
  const [[after] = []] = generations() as [number, number][];
  expect(after).toBeGreaterThan(before ?? Number.NaN);
  await expectIndexEqualsOrg(sync.path, org);
});

it('a new field in describe makes a run read everything', async () => {
  await org.change({ add_field: 'Lead', name: 'Region__c', type: 'string' });
  const read = await readInNextRun();
  expect(read).toContain('GroupMember');
  expect(read).toHaveLength(new Set(read).size);
});

describe('rights that change without a count or a stamp', () => {
  const PROFILE = recordId('0PS', 2);
  const assignment = recordId('0Pa', 80);
  const object = recordId('110', 80);

  beforeAll(async () => {
    const name = 'By the hour';
    await org.change(
      { put: 'PermissionSet', row: { Id: HOURLY, Name: name, Label: name, IsOwnedByProfile: false } },
      { put: 'ObjectPermissions', row: { Id: object, ParentId: HOURLY, SobjectType: 'Case', PermissionsRead: true } },
      {
        put: 'PermissionSetAssignment',
        row: { Id: assignment, AssigneeId: PEOPLE.seller, PermissionSetId: HOURLY },
      },
    );
  });

  const lines: [string, string, Record<string, unknown>][] = [
    ['PermissionSet', HOURLY, { PermissionsViewAllData: true }],
    ['ObjectPermissions', object, { PermissionsViewAllRecords: true }],
    ['PermissionSetAssignment', assignment, { AssigneeId: PEOPLE.otherSeller }],
    ['ObjectPermissions', object, { ParentId: PROFILE }],
    ['PermissionSet', HOURLY, { PermissionsViewAllData: false }],
  ];
  it.each(lines)('%s: within an hour', async (table, id, change) => {
    const before = (await org.rows(table)).find(({ Id }) => Id === id);
    await org.change({ put: table, row: { ...change, Id: id, SystemModstamp: before?.SystemModstamp } });
    let minutes = 0;
    for (; minutes < 60 && (await readInNextRun()).length === 0; minutes += 10) await org.advanceClock(600);
    // No probe has reported it.
    expect(minutes).toBeGreaterThan(0);
    expect(minutes).toBeLessThan(60);
    await expectIndexEqualsOrg(sync.path, org);
  });
});

describe('an idle run', () => {
  /** API calls, and described sObjects. */
  async function costs(): Promise<{ calls: number; described: number }> {
    await org.clearRequests();
    await sync.incremental();
    const requests = await org.requests();
    return {
      calls: requests.reduce((sum, { calls }) => sum + calls, 0),
      described: requests
        .flatMap(({ parts = [] }) => parts as readonly { path?: string }[])
        .filter(({ path }) => path?.endsWith('/describe') === true).length,
    };
  }

  it('costs six calls and describes records and shares, and once an hour two more calls with the membership tables', async () => {
    const runs: Awaited<ReturnType<typeof costs>>[] = [];
    for (let minutes = 10; minutes <= 120; minutes += 10) {
      runs.push(await costs());
      await org.advanceClock(600);
    }
    const hourly = runs.filter(({ calls }) => calls > 6);
    expect(hourly).toHaveLength(2);
    for (const run of hourly) expect(run).toEqual({ calls: 8, described: 25 });
    for (const run of runs.filter(({ calls }) => calls <= 6)) expect(run).toEqual({ calls: 6, described: 10 });
  });
});

it('never reads assignments of sets that grant nothing, and of inactive users', async () => {
  const nothing = recordId('0PS', 60);
  const assigned = (n: number, AssigneeId: string, PermissionSetId: string): Change => ({
    put: 'PermissionSetAssignment',
    row: { Id: recordId('0Pa', n), AssigneeId, PermissionSetId },
  });
  const rowsRead = async () => {
    await org.advanceClock(3_600);
    await org.clearRequests();
    await sync.incremental();
    return (await org.requests())
      .flatMap(({ parts = [] }) => parts as readonly { query: string | null; rows?: number }[])
      .find(({ query }) => /^SELECT AssigneeId.* FROM PermissionSetAssignment/.test(query ?? ''))?.rows;
  };
  const before = await rowsRead();
  await org.change(
    { put: 'PermissionSet', row: { Id: nothing, Name: 'Nothing', Label: 'Nothing', IsOwnedByProfile: false } },
    assigned(61, PEOPLE.agent, nothing),
    assigned(62, PEOPLE.retired, recordId('0PS', 2)),
  );
  expect(await rowsRead()).toBe(before);
  // When the set grants something later, the users who were assigned before get it.
  await org.change({
    put: 'ObjectPermissions',
    row: {
      Id: recordId('110', 60),
      ParentId: nothing,
      SobjectType: 'Account',
      PermissionsRead: true,
      PermissionsViewAllRecords: true,
    },
  });
  await sync.incremental();
  await expectIndexEqualsOrg(sync.path, org);
});

it('an activated user has their assignments, though their count and stamp are unchanged', async () => {
  const all = recordId('0PS', 1);
  const assigned = (n: number, AssigneeId: string): Change => ({
    put: 'PermissionSetAssignment',
    row: { Id: recordId('0Pa', n), AssigneeId, PermissionSetId: all, SystemModstamp: '2026-01-01T00:00:00.000Z' },
  });
  await org.change(assigned(71, PEOPLE.otherSeller), assigned(72, PEOPLE.retired));
  await org.advanceClock(3_600);
  await sync.incremental();
  await org.advanceClock(1_200);
  expect(await readInNextRun()).toEqual([]);
  await org.change(
    { put: 'User', row: { Id: PEOPLE.otherSeller, IsActive: false } },
    { put: 'User', row: { Id: PEOPLE.retired, IsActive: true } },
  );
  expect(await readInNextRun()).toEqual(['PermissionSetAssignment', 'User']);
  await expectIndexEqualsOrg(sync.path, org);
});

it('a run reports how many users are not served, even if it reads no user again', async () => {
  const fresh = await sandboxOrg(orgFolder({ accounts: 1 }));
  const runs = createSyncRunner(fresh.url);
  try {
    await fresh.change(
      { put: 'User', row: { Id: recordId('005', 3), Email: 'Team@mail.example' } },
      { put: 'User', row: { Id: recordId('005', 4), Email: 'team@mail.example' } },
    );
    await runs.complete();
    for (let run = 0; run < 2; run++) {
      await runs.incremental();
      expect(await runs.call('refreshMembership', { ...runs.fence(), backfillStart: null })).toMatchObject({
        unserved: { inactive: 1, frozen: 0, sharedEmail: { users: 2, addresses: 1 }, emailOfOthers: 0 },
      });
    }
  } finally {
    runs.close();
    await fresh.close();
  }
});
