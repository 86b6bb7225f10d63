import { SETS, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, org, record, share } from './case.ts';

/** Private opportunities: the owner, those above the owner, and View All. */
export const privateOpportunities: readonly Case[] = [
  {
    rule: 'a private opportunity is read by its owner, by those above the owner and through View All',
    rows: [
      org({ DefaultOpportunityAccess: 'Edit' }),
      record('Opportunity', 'opportunity', { IsPrivate: true }),
      share('Opportunity', USERS.eastLead),
      share('Account', USERS.roleless, { OpportunityAccessLevel: 'Edit' }),
      objectPermission(SETS.extra, 'Opportunity', { PermissionsViewAllRecords: true }),
    ],
    reads: [
      ['rep', 'opportunity', true],
      ['westLead', 'opportunity', true],
      ['viewer', 'opportunity', true],
      ['eastLead', 'opportunity', false],
      ['roleless', 'opportunity', false],
      ['colleague', 'opportunity', false],
    ],
  },
];
