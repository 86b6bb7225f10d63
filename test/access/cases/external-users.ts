import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, entity, org, record, share } from './case.ts';

/** External users: their own default, roles and records. */
export const externalUsers: readonly Case[] = [
  {
    rule: 'an open default opens the object to internal users, not to external ones',
    rows: [org({ DefaultLeadAccess: 'ReadEditTransfer' })],
    reads: [
      ['roleless', 'lead', true],
      ['portal', 'lead', false],
    ],
  },
  {
    rule: 'an open external default opens the object to external users',
    rows: [entity('Lead', { InternalSharingModel: 'ReadWrite', ExternalSharingModel: 'Read' })],
    reads: [
      ['portal', 'lead', true],
      ['portal', 'case', false],
    ],
  },
  {
    rule: 'what an external user owns is theirs, and of those above their role',
    rows: [record('Lead', 'lead', { OwnerId: USERS.portal })],
    reads: [
      ['portal', 'lead', true],
      ['rep', 'lead', true],
      ['westLead', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  },
  {
    rule: 'a share row reaches an external user as any other',
    rows: [share('Case', USERS.portal)],
    reads: [
      ['portal', 'case', true],
      ['portal', 'opportunity', false],
    ],
  },
];
