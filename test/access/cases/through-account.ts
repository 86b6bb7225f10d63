import { RECORDS, SETS, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, org, share } from './case.ts';

/** Children that an account’s share rows give access to. */
export const throughAccount: readonly Case[] = [
  {
    rule: 'an account’s share row reaches the children that it names',
    rows: [share('Account', USERS.eastLead, { CaseAccessLevel: 'Edit', OpportunityAccessLevel: 'None' })],
    reads: [
      ['eastLead', 'case', true],
      ['eastLead', 'opportunity', false],
      ['eastLead', 'account', true],
      ['roleless', 'case', false],
    ],
  },
  {
    rule: 'a share row of another account reaches no child',
    rows: [share('Account', USERS.eastLead, { AccountId: RECORDS.otherAccount, CaseAccessLevel: 'Edit' })],
    reads: [['eastLead', 'case', false]],
  },
  {
    rule: 'View All on the account and an open default of the account open no child',
    rows: [
      org({ DefaultAccountAccess: 'Edit' }),
      objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true }),
    ],
    reads: [
      ['viewer', 'account', true],
      ['viewer', 'case', false],
    ],
  },
];
