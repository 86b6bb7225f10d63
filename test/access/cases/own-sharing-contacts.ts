import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, org, share } from './case.ts';

/** Contacts that have shares of their own. */
export const ownSharingContacts: readonly Case[] = [
  {
    rule: 'contacts of their own sharing have owner, share rows and the account’s level',
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
