import { SETS, sfId, USERS } from '@salesforce-connector/sandbox/testing';
import { assignment, type Case, objectPermission, set } from './case.ts';

/** Permission set groups count through their aggregate set. Salesforce applies muting in that set. */
export const permissionSetGroups: readonly Case[] = [
  {
    rule: 'a permission set group counts through its aggregate set',
    rows: [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: false }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ PermissionSetId: null, PermissionSetGroupId: sfId('0PG', 1) }),
    ],
    reads: [
      ['viewer', 'lead', true],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'a session-based permission set group does not count',
    rows: [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: true }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ PermissionSetId: SETS.none, PermissionSetGroupId: sfId('0PG', 1) }),
    ],
    reads: [['viewer', 'lead', false]],
  },
  {
    rule: 'a permission that a group mutes is not in its aggregate set, and its set counts only if assigned directly',
    rows: [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: false }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Case', { PermissionsViewAllRecords: true }),
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }, 51),
      assignment({ AssigneeId: USERS.roleless, PermissionSetId: SETS.none, PermissionSetGroupId: sfId('0PG', 1) }),
      ['PermissionSetAssignment', { Id: sfId('0Pa', 2), AssigneeId: USERS.viewer, PermissionSetId: SETS.extra }],
    ],
    reads: [
      ['roleless', 'case', true],
      ['roleless', 'lead', false],
      ['viewer', 'lead', true],
    ],
  },
];
