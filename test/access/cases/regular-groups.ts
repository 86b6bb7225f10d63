import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, GROUP, group, member, OUTER, record, share } from './case.ts';

/** Public groups, nested ones among them. */
export const regularGroups: readonly Case[] = [
  {
    rule: 'a group reaches its members, not those above them',
    rows: [share('Lead', GROUP), group('Regular'), member(1, USERS.eastLead)],
    reads: [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'a group with DoesIncludeBosses reaches those above its members',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, USERS.eastLead),
    ],
    reads: [
      ['chief', 'lead', true],
      ['westLead', 'lead', false],
    ],
  },
  {
    rule: '… and one without it does not',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: false }),
      member(1, USERS.eastLead),
    ],
    reads: [
      ['eastLead', 'lead', true],
      ['chief', 'lead', false],
    ],
  },
  {
    rule: 'an inactive member brings nobody',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, USERS.inactive),
    ],
    reads: [
      ['westLead', 'lead', false],
      ['inactive', 'lead', false],
    ],
  },
  {
    rule: 'groups nested in a cycle reach their members and end',
    rows: [
      share('Lead', OUTER),
      group('Regular', {}, OUTER),
      group('Regular'),
      member(1, GROUP, OUTER),
      member(2, OUTER, GROUP),
      member(3, USERS.eastLead, GROUP),
    ],
    reads: [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'a nested group with DoesIncludeBosses brings its bosses whatever the outer says',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: false }, OUTER),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, GROUP, OUTER),
      member(2, USERS.rep, GROUP),
    ],
    reads: [
      ['westLead', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  },
  {
    rule: 'an outer group with DoesIncludeBosses has the bosses of nested members too',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: true }, OUTER),
      group('ManagerAndSubordinatesInternal', { RelatedId: USERS.westLead, DoesIncludeBosses: false }),
      member(1, GROUP, OUTER),
    ],
    reads: [
      ['westLead', 'lead', true],
      ['rep', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  },
];
