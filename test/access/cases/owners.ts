import { ROLES, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, record, user } from './case.ts';

/** Who owns a record, and who is above the owner in the role hierarchy. */
export const owners: readonly Case[] = [
  {
    rule: 'the owner reads a record',
    rows: [],
    reads: [
      ['rep', 'account', true],
      ['colleague', 'account', false],
    ],
  },
  {
    rule: 'a user above the owner reads the record, and a user beside the owner does not',
    rows: [],
    reads: [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'an inactive owner reads nothing, and active users above them read the record',
    rows: [record('Lead', 'lead', { OwnerId: USERS.inactive })],
    reads: [
      ['inactive', 'lead', false],
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
    ],
  },
  {
    rule: 'a user who moves to another role takes their records along',
    rows: [user('eastLead', { UserRoleId: ROLES.west })],
    reads: [
      ['eastLead', 'lead', true],
      ['eastLead', 'looseContact', false],
    ],
  },
  {
    rule: 'an owner without a role has nobody above them',
    rows: [record('Lead', 'lead', { OwnerId: USERS.roleless })],
    reads: [
      ['roleless', 'lead', true],
      ['chief', 'lead', false],
    ],
  },
];
