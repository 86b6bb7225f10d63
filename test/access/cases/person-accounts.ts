import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, org, record, share } from './case.ts';

/** A person account’s contact goes with its account. */
export const personAccounts: readonly Case[] = [
  {
    rule: 'a person account’s contact goes with its account whatever the default',
    rows: [org({ DefaultContactAccess: 'None' }), record('Contact', 'contact', { IsPersonAccount: true })],
    reads: [
      ['rep', 'contact', true],
      ['eastLead', 'contact', false],
    ],
  },
  {
    rule: 'neither its own owner nor its own share rows open a person account’s contact',
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
    rule: 'a share row of its account opens a person account’s contact, whatever it says of contacts',
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
