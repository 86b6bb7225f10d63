import Libsql from 'libsql';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type HandSync, syncByHand } from './by-hand.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder, PEOPLE, ROLES, recordId } from './org-folder.ts';
import { type Change, logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';

/** Who is who is read again only where it has changed. */

let org: SandboxOrg;
let sync: HandSync;

beforeAll(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  sync = syncByHand(org.url);
  await sync.complete();
});

beforeEach(async () => {
  // Whatever was stamped before has been committed since.
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

/** The tables that were read, beside those that always are. */
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

it('an idle run reads no table and writes no generation, but the current one is known to be true for longer', async () => {
  const [[before, asOf] = []] = generations() as [number, number][];
  expect(await readInNextRun()).toEqual([]);
  const [[after, later] = []] = generations() as [number, number][];
  expect(after).toBe(before);
  expect(later).toBeGreaterThan(asOf ?? Number.NaN);
});

const RIGHTS = ['FieldPermissions', 'ObjectPermissions', 'PermissionSet', 'PermissionSetGroup'];
const SET = recordId('0PS', 77);
/** Each with its table, what it changes, and the tables that are read for it. */
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
    'a group that reaches the bosses',
    [{ put: 'Group', row: { Id: recordId('00G', 1), DoesIncludeBosses: true } }],
    ['Group'],
  ],
  [
    'a permission set with a right to it',
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
    RIGHTS,
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

it.each(changes)('%s: one run, and no table but the changed ones', async (_, change, tables) => {
  await org.change(...change);
  expect(await readInNextRun()).toEqual(tables);
  await expectIndexEqualsOrg(sync.path, org);
});

it('a table is read until what was committed late can no longer be hidden behind its newest stamp', async () => {
  // A chief's role, stamped five minutes before another change, and committed after that one was read.
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

it('what leaves count and newest stamp alone is met by the next complete backfill, which reads everything', async () => {
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

it('a worker that has started reads no table, and makes the membership anew: its code may be newer', async () => {
  const [[before] = []] = generations() as [number, number][];
  await org.advanceClock(60);
  sync.restart();
  expect(await readInNextRun()).toEqual([]);
  const [[after] = []] = generations() as [number, number][];
  expect(after).toBeGreaterThan(before ?? Number.NaN);
  await expectIndexEqualsOrg(sync.path, org);
});

it('a field that describe lists anew makes a run read everything', async () => {
  await org.change({ add_field: 'Lead', name: 'Region__c', type: 'string' });
  const read = await readInNextRun();
  expect(read).toContain('GroupMember');
  expect(read).toHaveLength(new Set(read).size);
});
