import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, org, record, share } from './case.ts';

/** A person account's contact follows its account. */
export const personAccounts: readonly Case[] = [
  {
    rule: "a person account's contact follows its account regardless of the default",
    rows: [org({ DefaultContactAccess: 'None' }), record('Contact', 'contact', { IsPersonAccount: true })],
    reads: [
      ['rep', 'contact', true],
      ['eastLead', 'contact', false],
    ],
  },
  {
    rule: "a person account's contact is not opened by its own owner or its own share rows",
    rows: [
      org({ DefaultContactAccess: 'None' }),
      record('Contact', 'contact', { IsPersonAccount: true }),
      share('Contact', USERS.viewer),
    ],
    reads: [
      ['eastLead', 'contact', false],
      ['viewer', 'contact', false],
      ['westLead', 'contact', true],
    ],
  },
  {
    rule: "a share row of its account opens a person account's contact, regardless of ContactAccessLevel",
    rows: [
      org({ DefaultContactAccess: 'None' }),
      record('Contact', 'contact', { IsPersonAccount: true }),
      share('Account', USERS.roleless, { ContactAccessLevel: 'None' }),
    ],
    reads: [
      ['roleless', 'contact', true],
      ['colleague', 'contact', false],
    ],
  },
];
