import { SETS, sfId, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, objectPermissionOf, share } from './case.ts';

/** Nothing is read without Read on the object. */
export const objectRead: readonly Case[] = [
  {
    rule: 'an owner without Read on the object reads nothing',
    rows: [objectPermissionOf('Lead', { PermissionsRead: false })],
    reads: [
      ['rep', 'lead', false],
      ['rep', 'account', true],
    ],
  },
  {
    rule: 'a permission on another object, or one without Read, does not count as Read',
    rows: [
      objectPermissionOf('Lead', { PermissionsRead: false }),
      objectPermission(SETS.extra, 'Case', { PermissionsRead: true }),
      share('Lead', USERS.viewer),
      share('Case', USERS.viewer),
    ],
    reads: [
      ['viewer', 'case', true],
      ['viewer', 'lead', false],
    ],
  },
  {
    rule: 'rows of a muting set and of a license grant nothing',
    rows: [
      objectPermission(sfId('0QM', 1), 'Lead', { PermissionsRead: true, PermissionsViewAllRecords: true }),
      objectPermission(sfId('100', 1), 'Case', { PermissionsRead: true, PermissionsViewAllRecords: true }, 51),
      objectPermissionOf('Case', { PermissionsRead: false }),
    ],
    reads: [
      ['rep', 'lead', true],
      ['rep', 'case', false],
      ['viewer', 'lead', false],
    ],
  },
];
