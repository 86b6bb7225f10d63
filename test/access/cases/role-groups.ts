import { ROLES, USERS } from '../../sandbox/access/small-org.ts';
import { type Case, GROUP, group, member, OUTER, record, share } from './case.ts';

/** Groups that stand for a role. */
export const roleGroups: readonly Case[] = [
  {
    rule: 'a Role group reaches the role and those above',
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
    rule: 'a Role group inside a group brings those above the role',
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
    rule: 'RoleAndSubordinates reaches below too, portal users included',
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
    rule: 'RoleAndSubordinatesInternal leaves portal users out',
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
