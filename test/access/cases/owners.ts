import { ROLES, USERS } from '../../sandbox/access/small-org.ts';
import { type Case, record, user } from './case.ts';

/** Who owns a record, and who is above the owner in the role tree. */
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
    rule: 'whoever is above the owner reads it, whoever is beside does not',
    rows: [],
    reads: [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'an inactive user reads nothing, active ones above them do',
    rows: [record('Lead', 'lead', { OwnerId: USERS.inactive })],
    reads: [
      ['inactive', 'lead', false],
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
    ],
  },
  {
    rule: 'a user who moves to another role takes their reach along',
    rows: [user('eastLead', { UserRoleId: ROLES.west })],
    reads: [
      ['eastLead', 'lead', true],
      ['eastLead', 'looseContact', false],
    ],
  },
  {
    rule: 'an owner without a role has nobody above',
    rows: [record('Lead', 'lead', { OwnerId: USERS.roleless })],
    reads: [
      ['roleless', 'lead', true],
      ['chief', 'lead', false],
    ],
  },
];
