import { RECORDS, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, org, record, share } from './case.ts';

/** Contacts without an account are private. */
export const contactsWithoutAccount: readonly Case[] = [
  {
    rule: 'a contact without an account is read only by its owner',
    rows: [share('Contact', USERS.roleless, { ContactId: RECORDS.looseContact })],
    reads: [
      ['rep', 'looseContact', true],
      ['westLead', 'looseContact', false],
      ['roleless', 'looseContact', false],
      ['integration', 'looseContact', true],
    ],
  },
  {
    rule: 'a contact without an account is read only by its owner, even if the default of contacts is open',
    rows: [org({ DefaultContactAccess: 'Edit' })],
    reads: [
      ['roleless', 'looseContact', false],
      ['roleless', 'contact', true],
    ],
  },
  {
    rule: 'a contact with neither account nor owner is found only through View All',
    rows: [record('Contact', 'looseContact', { OwnerId: null })],
    reads: [
      ['rep', 'looseContact', false],
      ['chief', 'looseContact', false],
      ['integration', 'looseContact', true],
    ],
  },
];
