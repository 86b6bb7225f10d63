import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, org, share } from './case.ts';

/** Contacts with shares of their own. */
export const ownSharingContacts: readonly Case[] = [
  {
    rule: "a contact with sharing of its own can be read by its owner, and through its share rows and the account's contact level",
    rows: [
      org({ DefaultContactAccess: 'None' }),
      share('Account', USERS.viewer, { ContactAccessLevel: 'Read' }),
      share('Contact', USERS.roleless),
    ],
    reads: [
      ['eastLead', 'contact', true],
      ['roleless', 'contact', true],
      ['viewer', 'contact', true],
      ['rep', 'contact', false],
    ],
  },
];
