import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, share } from './case.ts';

/** Account, opportunity and case teams are share rows. */
export const teams: readonly Case[] = [
  {
    rule: 'a member of an account team reads the account and the children that the row names',
    rows: [
      share('Account', USERS.eastLead, {
        RowCause: 'Team',
        CaseAccessLevel: 'None',
        OpportunityAccessLevel: 'Read',
        ContactAccessLevel: 'None',
      }),
    ],
    reads: [
      ['eastLead', 'account', true],
      ['eastLead', 'contact', true],
      ['eastLead', 'opportunity', true],
      ['eastLead', 'case', false],
      ['roleless', 'account', false],
    ],
  },
  {
    rule: 'a member of an opportunity team or a case team reads only that record',
    rows: [
      share('Opportunity', USERS.eastLead, { RowCause: 'Team' }),
      share('Case', USERS.roleless, { RowCause: 'Team' }),
    ],
    reads: [
      ['eastLead', 'opportunity', true],
      ['eastLead', 'case', false],
      ['eastLead', 'account', false],
      ['roleless', 'case', true],
      ['roleless', 'opportunity', false],
    ],
  },
];
