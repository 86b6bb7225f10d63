import { RECORDS, SETS, sfId, USERS, writeFolder } from '@salesforce-connector/sandbox/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIELD_ORG } from '../access/cases/field-org.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type Change, logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** Membership tables that the org does not send at once. */

const LASTING = 100_000;
/** More rows take the org too long. */
const MOST_ROWS = 16;

const timeout = (query: string) => ({
  match: { query, rows_over: MOST_ROWS },
  times: LASTING,
  reply: 'query-timeout',
});

let files: ReturnType<typeof writeFolder>;
let org: SandboxOrg;
let sync: SyncRunner;

/** Rows that Salesforce makes up: their Ids begin with 000, and say nothing. */
const madeUp = (n: number) => sfId('000', n);
const set = (n: number) => sfId('0PS', 1_000 + n);
const person = (n: number) => sfId('005', 1_000 + n);

/** Many users and permission sets. Every third one of them grants one object and field. */
const MANY: readonly Change[] = Array.from({ length: 45 }, (_, n): Change[] => {
  const object = n % 2 === 0 ? 'Case' : 'Lead';
  const rights = { ParentId: set(n), SobjectType: object, PermissionsRead: true };
  return [
    {
      put: 'User',
      row: { Id: person(n), Username: `many${n}@test.example`, IsActive: n % 5 !== 0, UserType: 'Standard' },
    },
    { put: 'PermissionSet', row: { Id: set(n), Name: `Set ${n}`, Label: `Set ${n}`, IsOwnedByProfile: false } },
    {
      put: 'PermissionSetAssignment',
      row: { Id: sfId('0Pa', 1_000 + n), AssigneeId: person(n), PermissionSetId: set(n) },
    },
    ...(n % 3 === 0
      ? [
          { put: 'ObjectPermissions', row: { Id: madeUp(n), ...rights, PermissionsViewAllRecords: true } },
          ...(n % 2 === 0 ? ['Case.Subject', 'Case.Description'] : ['Lead.Company', 'Lead.Title']).map((Field, at) => ({
            put: 'FieldPermissions',
            row: { Id: madeUp(100 * at + n), ...rights, Field },
          })),
        ]
      : []),
    // Everybody has a second set that matters.
    {
      put: 'PermissionSetAssignment',
      row: { Id: sfId('0Pa', 2_000 + n), AssigneeId: person(n), PermissionSetId: set(n - (n % 3)) },
    },
  ];
}).flat();

beforeEach(async () => {
  files = writeFolder(FIELD_ORG, { run_as: USERS.integration });
  org = await sandboxOrg(files.folder);
  await org.change(...MANY);
  sync = createSyncRunner(org.url);
});

afterEach(async () => {
  sync.close();
  await org.close();
  files.remove();
});

interface Answered {
  readonly query: string | null;
  readonly status: number;
  readonly rows: number | null;
}

const equal = () => expectIndexEqualsOrg(sync.path, org, USERS.integration);

describe.each([
  'FROM User',
  'FROM PermissionSetAssignment',
  'FROM PermissionSet',
  'FROM ObjectPermissions',
  'FROM FieldPermissions',
])('%s, which takes the org too long,', (table) => {
  it('is read in smaller parts, and the next run starts with those', async () => {
    await org.setFaults([timeout(`${table} WHERE`), timeout(table)]);
    await sync.complete();
    expect((await org.fired()).reduce((sum, fired) => sum + fired, 0)).toBeGreaterThan(0);
    await equal();
    const { queries } = await logged(org, () => sync.complete());
    // What was too much is not requested again. The counts are.
    const refused = (await org.requests())
      .flatMap((request) => [request, ...((request.parts ?? []) as readonly Answered[])])
      .filter(({ query, status }) => status === 400 && query?.includes('COUNT(') === false);
    expect(refused).toEqual([]);
    expect(queries.filter((query) => query.includes(table)).length).toBeGreaterThan(2);
    await equal();
  });
});

it('all of them at the same time', async () => {
  await org.setFaults(
    ['User', 'PermissionSetAssignment', 'PermissionSet', 'ObjectPermissions', 'FieldPermissions'].map((table) =>
      timeout(`FROM ${table}`),
    ),
  );
  await sync.complete();
  await org.change({
    put: 'FieldPermissions',
    row: {
      Id: madeUp(999),
      ParentId: SETS.extra,
      SobjectType: 'Account',
      Field: 'Account.Phone',
      PermissionsRead: true,
    },
  });
  await org.advanceClock(1_200);
  await sync.incremental();
  await equal();
});

it('distinguishes rows of permissions by their parents, not their Ids, and counts unsent ones', async () => {
  // Without it, rows about most fields are counted and not sent.
  await org.change({ erase: 'PermissionSetAssignment', id: sfId('0Pa', 90) });
  await org.setFaults(['Field, PermissionsRead FROM FieldPermissions', 'FROM ObjectPermissions'].map(timeout));
  const isReading = (query: string | null) => /^SELECT .*ParentId.* FROM (Field|Object)Permissions/.test(query ?? '');
  await org.clearRequests();
  await sync.complete();
  const parts = (await org.requests()).flatMap(({ parts = [] }) => parts as readonly Answered[]);
  const readings = parts.filter(({ query, status }) => isReading(query) && status === 200);
  expect(readings.length).toBeGreaterThanOrEqual(4);
  for (const { query } of readings) expect(query).not.toMatch(/\bId\b/);
  const ofFields = readings.filter(({ query }) => query?.includes('FROM FieldPermissions'));
  const sent = ofFields.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  expect(sent).toBeLessThan((await org.rows('FieldPermissions')).length);

  await org.setFaults([]);
  await org.advanceClock(1_200);
  await sync.incremental();
  await org.advanceClock(600);
  const { queries } = await logged(org, sync.incremental);
  expect(queries.filter(isReading)).toEqual([]);
});

it('counts rows whose Ids begin with 000 like others', async () => {
  await sync.complete();
  await equal();
  expect(await sync.found(person(6))).toContain(RECORDS.case);
  await org.change({ erase: 'ObjectPermissions', id: madeUp(6) });
  await org.advanceClock(60);
  await sync.incremental();
  expect(await sync.found(person(6))).not.toContain(RECORDS.case);
  await equal();
});

it('counts assignments for fewer sets at once if the count takes too long, also in the next runs', async () => {
  await sync.complete();
  await org.advanceClock(3_600);
  await sync.incremental();
  await org.advanceClock(600);
  const COUNT = 'newest FROM PermissionSetAssignment';
  await org.setFaults([{ match: { query: COUNT }, times: 2, reply: 'query-timeout' }]);
  const counts = (queries: readonly string[]) => queries.filter((query) => query.includes(COUNT)).length;
  const reads = (queries: readonly string[]) =>
    queries.filter((query) => /^SELECT AssigneeId.* FROM PermissionSetAssignment/.test(query)).length;
  const first = await logged(org, sync.incremental);
  expect(await org.fired()).toEqual([2]);
  // Whole, in halves, and one of these in halves.
  expect(counts(first.queries)).toBe(1 + 2 + 2);
  expect(reads(first.queries)).toBe(0);
  const next = await logged(org, sync.incremental);
  expect([counts(next.queries), reads(next.queries)]).toEqual([3, 0]);
  await equal();
});
