import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectPermission, share } from '../../../../test/access/cases/case.ts';
import { RECORD_CASES } from '../../../../test/access/cases/index.ts';
import { openAccess } from '../../src/access/access.ts';
import { readableIds } from '../../src/access/readable.ts';
import type { SharedObject } from '../../src/access/shares.ts';
import { openOrg } from '../../src/org/open.ts';
import type { Org } from '../../src/org/types.ts';
import { sfId, writeFolder } from '../../src/testing/folder.ts';
import { RECORDS, type RecordKey, ROLES, SETS, SMALL_ORG, USERS, type UserKey } from '../../src/testing/small-org.ts';

const OBJECT_OF: Readonly<Record<RecordKey, SharedObject>> = {
  account: 'Account',
  otherAccount: 'Account',
  contact: 'Contact',
  looseContact: 'Contact',
  case: 'Case',
  opportunity: 'Opportunity',
  lead: 'Lead',
};

let files: ReturnType<typeof writeFolder>;
beforeAll(() => {
  files = writeFolder(SMALL_ORG);
});
afterAll(() => files.remove());

function readsRecord(opened: Org, who: UserKey, key: RecordKey): boolean {
  return readableIds(opened, openAccess(opened), USERS[who], OBJECT_OF[key]).includes(RECORDS[key]);
}

test.each(RECORD_CASES)('$rule', async ({ rows, reads, settings }) => {
  const own = settings === undefined ? files : writeFolder(SMALL_ORG, settings);
  const opened = await openOrg(own.folder);
  try {
    for (const [object, row] of rows) opened.put(object, row);
    const found = reads.map(([who, key]) => [who, key, readsRecord(opened, who, key as RecordKey)]);
    expect(found).toEqual(reads);
  } finally {
    opened.close();
    if (own !== files) own.remove();
  }
});

test('a frozen user keeps access', async () => {
  const opened = await openOrg(files.folder);
  try {
    opened.put('UserLogin', { Id: sfId('0Yw', 1), UserId: USERS.rep, IsFrozen: true });
    expect(readsRecord(opened, 'rep', 'lead')).toBe(true);
  } finally {
    opened.close();
  }
});

test('an assignment stops counting when the clock passes its expiry', async () => {
  const opened = await openOrg(files.folder);
  try {
    const expires = new Date(opened.now().getTime() + 3_600_000).toISOString();
    opened.put('ObjectPermissions', objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true })[1]);
    opened.put('PermissionSetAssignment', { Id: sfId('0Pa', 1), ExpirationDate: expires });
    const access = openAccess(opened);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(access.mayRead(USERS.viewer, 'Lead', lead)).toBe(true);
    opened.advanceClock(3_700);
    expect(access.mayRead(USERS.viewer, 'Lead', lead)).toBe(false);
  } finally {
    opened.close();
  }
});

test('access sees a later change of the org', async () => {
  const opened = await openOrg(files.folder);
  try {
    const access = openAccess(opened);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(access.mayRead(USERS.eastLead, 'Lead', lead)).toBe(false);
    opened.put('UserRole', { Id: ROLES.rep, ParentRoleId: ROLES.east });
    expect(access.mayRead(USERS.eastLead, 'Lead', lead)).toBe(true);
    expect(access.mayRead(USERS.westLead, 'Lead', lead)).toBe(false);
  } finally {
    opened.close();
  }
});

test('the reason names what gives access to the record', async () => {
  const opened = await openOrg(files.folder);
  try {
    opened.put('LeadShare', share('Lead', USERS.roleless, { RowCause: 'Team' })[1]);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(openAccess(opened).reason(USERS.roleless, 'Lead', lead)).toBe('a share row of cause Team');
  } finally {
    opened.close();
  }
});
