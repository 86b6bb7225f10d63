import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, record, share } from './case.ts';

/** Share rows to users. */
export const shareRows: readonly Case[] = [
  {
    rule: 'a share row to a user reaches the user and those above',
    rows: [share('Lead', USERS.eastLead)],
    reads: [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'a share row with the level None grants nothing',
    rows: [share('Lead', USERS.eastLead, { LeadAccessLevel: 'None' })],
    reads: [['eastLead', 'lead', false]],
  },
  {
    rule: 'a deleted share row grants nothing',
    rows: [share('Lead', USERS.eastLead, { IsDeleted: true })],
    reads: [['eastLead', 'lead', false]],
  },
  {
    rule: 'a share row to an inactive user reaches those above the user',
    rows: [record('Lead', 'lead', { OwnerId: USERS.integration }), share('Lead', USERS.inactive)],
    reads: [
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
      ['inactive', 'lead', false],
    ],
  },
];
