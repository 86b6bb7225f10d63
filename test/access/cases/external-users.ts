import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, entity, org, record, share } from './case.ts';

/** External users: their own default, roles and records. */
export const externalUsers: readonly Case[] = [
  {
    rule: 'an open default opens the object to internal users, but not to external users',
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
    rule: "a record of an external user is read by the user and by those above the user's role",
    rows: [record('Lead', 'lead', { OwnerId: USERS.portal })],
    reads: [
      ['portal', 'lead', true],
      ['rep', 'lead', true],
      ['westLead', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  },
  {
    rule: 'a share row reaches an external user like any other user',
    rows: [share('Case', USERS.portal)],
    reads: [
      ['portal', 'case', true],
      ['portal', 'opportunity', false],
    ],
  },
];
