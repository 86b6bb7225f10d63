import { SETS, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, objectPermissionOf, share } from './case.ts';

/** Contacts that are controlled by their account. */
export const controlledContacts: readonly Case[] = [
  {
    rule: 'controlled by parent: everyone who reads the account reads the contact',
    rows: [],
    reads: [
      ['rep', 'contact', true],
      ['chief', 'contact', true],
    ],
  },
  {
    rule: 'controlled by parent: the contact’s owner and its share rows give nothing',
    rows: [share('Contact', USERS.roleless)],
    reads: [
      ['eastLead', 'contact', false],
      ['roleless', 'contact', false],
    ],
  },
  {
    rule: 'controlled by parent: View All on the account opens the contact',
    rows: [objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true })],
    reads: [
      ['viewer', 'contact', true],
      ['viewer', 'looseContact', false],
    ],
  },
  {
    rule: 'controlled by parent: reading the contact requires Read on accounts',
    rows: [objectPermissionOf('Account', { PermissionsRead: false })],
    reads: [['rep', 'contact', false]],
  },
  {
    rule: 'controlled by parent: a ContactAccessLevel without the account is not enough',
    rows: [share('Account', USERS.roleless, { AccountAccessLevel: 'None', ContactAccessLevel: 'Edit' })],
    reads: [['roleless', 'contact', false]],
  },
];
