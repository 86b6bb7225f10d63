import { RECORDS, USERS } from '../../sandbox/access/small-org.ts';
import { type Case, org, record, share } from './case.ts';

/** Contacts without an account are private. */
export const contactsWithoutAccount: readonly Case[] = [
  {
    rule: 'a contact without an account is read by its owner alone',
    rows: [share('Contact', USERS.roleless, { ContactId: RECORDS.looseContact })],
    reads: [
      ['rep', 'looseContact', true],
      ['westLead', 'looseContact', false],
      ['roleless', 'looseContact', false],
      ['integration', 'looseContact', true],
    ],
  },
  {
    rule: '… also where the default of contacts is open',
    rows: [org({ DefaultContactAccess: 'Edit' })],
    reads: [
      ['roleless', 'looseContact', false],
      ['roleless', 'contact', true],
    ],
  },
  {
    rule: 'a contact with neither account nor owner is found by nobody but View All',
    rows: [record('Contact', 'looseContact', { OwnerId: null })],
    reads: [
      ['rep', 'looseContact', false],
      ['chief', 'looseContact', false],
      ['integration', 'looseContact', true],
    ],
  },
];
