import { SETS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, set } from './case.ts';

/** View All Fields, for one object and for all objects. View All on records gives access to no field. */
export const viewAllFields: readonly Case[] = [
  {
    rule: 'View All Fields opens the fields of its object',
    rows: [objectPermission(SETS.extra, 'Account', { PermissionsViewAllFields: true })],
    reads: [
      ['viewer', 'Account.Fax', true],
      ['viewer', 'Account.BillingCity', true],
      ['viewer', 'Lead.Industry', false],
      ['rep', 'Account.Fax', false],
    ],
  },
  {
    rule: 'View All Fields (Global) opens all fields',
    rows: [set(SETS.extra, { PermissionsViewAllFieldsGlobal: true })],
    reads: [
      ['viewer', 'Account.Fax', true],
      ['viewer', 'Lead.Industry', true],
      ['rep', 'Lead.Industry', false],
    ],
  },
  {
    rule: 'View All Data and View All on the object open no field',
    rows: [
      set(SETS.extra, { PermissionsViewAllData: true }),
      objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true }),
    ],
    reads: [
      ['viewer', 'Account.Name', true],
      ['viewer', 'Account.Phone', false],
      ['viewer', 'Case.Subject', false],
    ],
  },
];
