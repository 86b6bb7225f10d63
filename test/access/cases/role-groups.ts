import { ROLES, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, GROUP, group, member, OUTER, record, share } from './case.ts';

/** Groups that represent a role. */
export const roleGroups: readonly Case[] = [
  {
    rule: 'a Role group reaches the role and the roles above',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Role', { RelatedId: ROLES.west }),
    ],
    reads: [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['rep', 'lead', false],
      ['eastLead', 'lead', false],
    ],
  },
  {
    rule: 'a Role group inside a group adds the roles above it',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: false }, OUTER),
      group('Role', { RelatedId: ROLES.west }),
      member(1, GROUP, OUTER),
    ],
    reads: [
      ['chief', 'lead', true],
      ['rep', 'lead', false],
    ],
  },
  {
    rule: 'a RoleAndSubordinates group also reaches the roles below, portal users included',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('RoleAndSubordinates', { RelatedId: ROLES.west }),
    ],
    reads: [
      ['rep', 'lead', true],
      ['portal', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  },
  {
    rule: 'a RoleAndSubordinatesInternal group excludes portal users',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('RoleAndSubordinatesInternal', { RelatedId: ROLES.west }),
    ],
    reads: [
      ['rep', 'lead', true],
      ['portal', 'lead', false],
    ],
  },
];
