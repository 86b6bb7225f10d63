import { SETS, sfId, USERS } from '@salesforce-connector/sandbox/testing';
import { assignment, type Case, objectPermission, set } from './case.ts';

/** Which assignments of permission sets count. */
export const assignments: readonly Case[] = [
  {
    rule: 'an expired assignment does not count',
    rows: [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ ExpirationDate: '2020-01-01T00:00:00.000Z' }),
    ],
    reads: [['viewer', 'lead', false]],
  },
  {
    rule: 'an assignment that will expire counts until then',
    rows: [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ ExpirationDate: '2099-01-01T00:00:00.000Z' }),
    ],
    reads: [['viewer', 'lead', true]],
  },
  {
    rule: 'a revoked assignment does not count',
    rows: [objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }), assignment({ IsRevoked: true })],
    reads: [['viewer', 'lead', false]],
  },
  {
    rule: 'an inactive assignment does not count, and one without IsActive counts',
    rows: [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ IsActive: false }),
      ['PermissionSetAssignment', { Id: sfId('0Pa', 2), AssigneeId: USERS.roleless, PermissionSetId: SETS.extra }],
    ],
    reads: [
      ['viewer', 'lead', false],
      ['roleless', 'lead', true],
    ],
  },
  {
    rule: 'a session-based set does not count',
    rows: [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      set(SETS.extra, { HasActivationRequired: true }),
    ],
    reads: [['viewer', 'lead', false]],
  },
];
