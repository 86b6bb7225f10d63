import { sfId } from '../folder.ts';
import { SETS, USERS } from '../small-org.ts';
import { assignment, type Case, objectPermission, objectPermissionOf, record, set } from './case.ts';

/** Objects and View All. */
export const permissions: readonly Case[] = [
  [
    'the owner reads a record',
    [],
    [
      ['rep', 'account', true],
      ['colleague', 'account', false],
    ],
  ],
  [
    'whoever is above the owner reads it, whoever is beside does not',
    [],
    [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'an owner without Read on the object reads nothing',
    [objectPermissionOf('Lead', { PermissionsRead: false })],
    [
      ['rep', 'lead', false],
      ['rep', 'account', true],
    ],
  ],
  [
    'an inactive user reads nothing, active ones above them do',
    [record('Lead', 'lead', { OwnerId: USERS.inactive })],
    [
      ['inactive', 'lead', false],
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
    ],
  ],
  [
    'View All Data reads everything',
    [],
    [
      ['integration', 'lead', true],
      ['viewer', 'lead', false],
    ],
  ],
  [
    'Modify All Data of an assigned set does too',
    [set(SETS.extra, { PermissionsModifyAllData: true })],
    [
      ['viewer', 'case', true],
      ['roleless', 'case', false],
    ],
  ],
  [
    'View All on one object opens that object alone',
    [objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true })],
    [
      ['viewer', 'case', true],
      ['viewer', 'lead', false],
    ],
  ],
  [
    'View All counts only with Read',
    [
      objectPermissionOf('Case', { PermissionsRead: false }),
      objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true }),
    ],
    [['viewer', 'case', false]],
  ],
  [
    'Modify All on an object opens it',
    [objectPermission(SETS.extra, 'Lead', { PermissionsModifyAllRecords: true })],
    [['viewer', 'lead', true]],
  ],
  [
    'a set that is not the user’s own opens nothing',
    [objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true })],
    [['viewer', 'lead', false]],
  ],
  [
    'an expired assignment does not count',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ ExpirationDate: '2020-01-01T00:00:00.000Z' }),
    ],
    [['viewer', 'lead', false]],
  ],
  [
    'an assignment that will expire counts until then',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ ExpirationDate: '2099-01-01T00:00:00.000Z' }),
    ],
    [['viewer', 'lead', true]],
  ],
  [
    'a revoked assignment does not count',
    [objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }), assignment({ IsRevoked: true })],
    [['viewer', 'lead', false]],
  ],
  [
    'an inactive assignment does not count, one that does not say counts',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ IsActive: false }),
      ['PermissionSetAssignment', { Id: sfId('0Pa', 2), AssigneeId: USERS.roleless, PermissionSetId: SETS.extra }],
    ],
    [
      ['viewer', 'lead', false],
      ['roleless', 'lead', true],
    ],
  ],
  [
    'a session-based set does not count',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      set(SETS.extra, { HasActivationRequired: true }),
    ],
    [['viewer', 'lead', false]],
  ],
  [
    'a permission set group counts through its aggregate set',
    [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: false }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ PermissionSetId: null, PermissionSetGroupId: sfId('0PG', 1) }),
    ],
    [
      ['viewer', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a session-based permission set group does not count',
    [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: true }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ PermissionSetId: SETS.none, PermissionSetGroupId: sfId('0PG', 1) }),
    ],
    [['viewer', 'lead', false]],
  ],
];
