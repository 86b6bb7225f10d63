import { RECORDS, SETS, USERS } from '../small-org.ts';
import { type Case, objectPermission, org, share } from './case.ts';

/** Through the account. */
export const throughAccount: readonly Case[] = [
  [
    'an account’s share row reaches the children that it names',
    [share('Account', USERS.eastLead, { CaseAccessLevel: 'Edit', OpportunityAccessLevel: 'None' })],
    [
      ['eastLead', 'case', true],
      ['eastLead', 'opportunity', false],
      ['eastLead', 'account', true],
      ['roleless', 'case', false],
    ],
  ],
  [
    'a share row of another account reaches no child',
    [share('Account', USERS.eastLead, { AccountId: RECORDS.otherAccount, CaseAccessLevel: 'Edit' })],
    [['eastLead', 'case', false]],
  ],
  [
    'View All on the account, or its open default, opens no child',
    [
      org({ DefaultAccountAccess: 'Edit' }),
      objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true }),
    ],
    [
      ['viewer', 'account', true],
      ['viewer', 'case', false],
    ],
  ],
];
