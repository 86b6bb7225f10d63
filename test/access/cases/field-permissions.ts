import { SETS } from '@salesforce-connector/sandbox/testing';
import { type Case, fieldPermission, objectPermissionOf } from './case.ts';

/** Field-level security by FieldPermissions rows. */
export const fieldPermissions: readonly Case[] = [
  {
    rule: 'a granted field is read, and another field is not',
    rows: [fieldPermission(SETS.extra, 'Account.Phone')],
    reads: [
      ['viewer', 'Account.Phone', true],
      ['viewer', 'Account.Fax', false],
      ['viewer', 'Contact.Phone', false],
      ['rep', 'Account.Phone', false],
    ],
  },
  {
    rule: 'a row without Read grants nothing',
    rows: [fieldPermission(SETS.extra, 'Account.Phone', { PermissionsRead: false })],
    reads: [['viewer', 'Account.Phone', false]],
  },
  {
    rule: 'a grant of a permission set that the user does not have opens nothing',
    rows: [fieldPermission(SETS.none, 'Account.Phone')],
    reads: [['viewer', 'Account.Phone', false]],
  },
  {
    rule: 'name, system and required fields need no grant',
    rows: [],
    reads: [
      ['viewer', 'Account.Name', true],
      ['viewer', 'Contact.Name', true],
      ['viewer', 'Case.Status', true],
      ['viewer', 'Lead.Company', true],
      ['viewer', 'Case.Subject', false],
    ],
  },
  {
    rule: 'without Read on the object no field is read',
    rows: [objectPermissionOf('Lead', { PermissionsRead: false }), fieldPermission(SETS.extra, 'Lead.Industry')],
    reads: [
      ['viewer', 'Lead.Industry', false],
      ['viewer', 'Lead.Company', false],
      ['rep', 'Case.Status', true],
    ],
  },
];
