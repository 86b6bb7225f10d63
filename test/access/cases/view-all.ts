import { SETS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, objectPermissionOf, set } from './case.ts';

/** View All and Modify All, on data and on one object. */
export const viewAll: readonly Case[] = [
  {
    rule: 'View All Data reads everything',
    rows: [],
    reads: [
      ['integration', 'lead', true],
      ['viewer', 'lead', false],
    ],
  },
  {
    rule: 'Modify All Data of an assigned set reads everything',
    rows: [set(SETS.extra, { PermissionsModifyAllData: true })],
    reads: [
      ['viewer', 'case', true],
      ['roleless', 'case', false],
    ],
  },
  {
    rule: 'View All on one object opens only that object',
    rows: [objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true })],
    reads: [
      ['viewer', 'case', true],
      ['viewer', 'lead', false],
    ],
  },
  {
    rule: 'View All counts only with Read',
    rows: [
      objectPermissionOf('Case', { PermissionsRead: false }),
      objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true }),
    ],
    reads: [['viewer', 'case', false]],
  },
  {
    rule: 'Modify All on an object opens it',
    rows: [objectPermission(SETS.extra, 'Lead', { PermissionsModifyAllRecords: true })],
    reads: [['viewer', 'lead', true]],
  },
  {
    rule: 'a permission set that the user does not have opens nothing',
    rows: [objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true })],
    reads: [['viewer', 'lead', false]],
  },
];
