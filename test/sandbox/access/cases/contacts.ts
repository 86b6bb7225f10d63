import { RECORDS, SETS, USERS } from '../small-org.ts';
import { type Case, objectPermission, objectPermissionOf, org, record, share } from './case.ts';

/** Contacts. */
export const contacts: readonly Case[] = [
  [
    'controlled by parent: whoever reads the account reads the contact',
    [],
    [
      ['rep', 'contact', true],
      ['chief', 'contact', true],
    ],
  ],
  [
    '… and its owner and its share rows give nothing',
    [share('Contact', USERS.roleless)],
    [
      ['eastLead', 'contact', false],
      ['roleless', 'contact', false],
    ],
  ],
  [
    '… by View All on the account too',
    [objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true })],
    [
      ['viewer', 'contact', true],
      ['viewer', 'looseContact', false],
    ],
  ],
  [
    '… only with Read on accounts',
    [objectPermissionOf('Account', { PermissionsRead: false })],
    [['rep', 'contact', false]],
  ],
  [
    '… a ContactAccessLevel without the account is not enough',
    [share('Account', USERS.roleless, { AccountAccessLevel: 'None', ContactAccessLevel: 'Edit' })],
    [['roleless', 'contact', false]],
  ],
  [
    'a contact without an account is read by its owner alone',
    [share('Contact', USERS.roleless, { ContactId: RECORDS.looseContact })],
    [
      ['rep', 'looseContact', true],
      ['westLead', 'looseContact', false],
      ['roleless', 'looseContact', false],
      ['integration', 'looseContact', true],
    ],
  ],
  [
    '… also where the default is open',
    [org({ DefaultContactAccess: 'Edit' })],
    [
      ['roleless', 'looseContact', false],
      ['roleless', 'contact', true],
    ],
  ],
  [
    'contacts of their own sharing have owner, share rows and the account’s level',
    [
      org({ DefaultContactAccess: 'None' }),
      share('Account', USERS.viewer, { ContactAccessLevel: 'Read' }),
      share('Contact', USERS.roleless),
    ],
    [
      ['eastLead', 'contact', true],
      ['roleless', 'contact', true],
      ['viewer', 'contact', true],
      ['rep', 'contact', false],
    ],
  ],
  [
    'a person account’s contact goes with its account whatever the default',
    [org({ DefaultContactAccess: 'None' }), record('Contact', 'contact', { IsPersonAccount: true })],
    [
      ['rep', 'contact', true],
      ['eastLead', 'contact', false],
    ],
  ],
];
