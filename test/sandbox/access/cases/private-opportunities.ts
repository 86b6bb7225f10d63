import { sfId } from '../folder.ts';
import { ROLES, SETS, USERS } from '../small-org.ts';
import { type Case, objectPermission, org, record, share, user } from './case.ts';

/** Private opportunities, and people who freeze or move. */
export const privateOpportunities: readonly Case[] = [
  [
    'a private opportunity is read by its owner, those above and View All',
    [
      org({ DefaultOpportunityAccess: 'Edit' }),
      record('Opportunity', 'opportunity', { IsPrivate: true }),
      share('Opportunity', USERS.eastLead),
      share('Account', USERS.roleless, { OpportunityAccessLevel: 'Edit' }),
      objectPermission(SETS.extra, 'Opportunity', { PermissionsViewAllRecords: true }),
    ],
    [
      ['rep', 'opportunity', true],
      ['westLead', 'opportunity', true],
      ['viewer', 'opportunity', true],
      ['eastLead', 'opportunity', false],
      ['roleless', 'opportunity', false],
      ['colleague', 'opportunity', false],
    ],
  ],
  [
    'a frozen user keeps access',
    [['UserLogin', { Id: sfId('0Yw', 1), UserId: USERS.rep, IsFrozen: true }]],
    [['rep', 'lead', true]],
  ],
  [
    'a user who moves to another role takes their reach along',
    [user('eastLead', { UserRoleId: ROLES.west })],
    [
      ['eastLead', 'lead', true],
      ['eastLead', 'looseContact', false],
    ],
  ],
];
