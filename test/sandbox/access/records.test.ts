import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccess } from '../../../sandbox/access/access.ts';
import type { SharedObject } from '../../../sandbox/access/shares.ts';
import { openOrg } from '../../../sandbox/org/open.ts';
import type { Org } from '../../../sandbox/org/types.ts';
import { objectPermission, share } from './cases/case.ts';
import { contacts } from './cases/contacts.ts';
import { defaults } from './cases/defaults.ts';
import { groups } from './cases/groups.ts';
import { permissions } from './cases/permissions.ts';
import { privateOpportunities } from './cases/private-opportunities.ts';
import { shares } from './cases/shares.ts';
import { throughAccount } from './cases/through-account.ts';
import { sfId, writeFolder } from './folder.ts';
import { RECORDS, type RecordKey, ROLES, SETS, SMALL_ORG, USERS, type UserKey } from './small-org.ts';

const CASES = [
  ...permissions,
  ...defaults,
  ...shares,
  ...groups,
  ...throughAccount,
  ...contacts,
  ...privateOpportunities,
];

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
  const row = opened.rows(OBJECT_OF[key], { Id: RECORDS[key] })[0] ?? {};
  return openAccess(opened).mayRead(USERS[who], OBJECT_OF[key], row);
}

test.each(CASES)('%s', async (_sentence, given, reads) => {
  const opened = await openOrg(files.folder);
  try {
    for (const [object, row] of given) opened.put(object, row);
    const found = reads.map(([who, key]) => [who, key, readsRecord(opened, who, key)]);
    expect(found).toEqual(reads);
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

test('a change of the org is seen by access that was computed before', async () => {
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

test('the reason names what opened the record', async () => {
  const opened = await openOrg(files.folder);
  try {
    opened.put('LeadShare', share('Lead', USERS.roleless, { RowCause: 'Team' })[1]);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(openAccess(opened).reason(USERS.roleless, 'Lead', lead)).toBe('a share row of cause Team');
  } finally {
    opened.close();
  }
});
