import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, GROUP, group, member, OUTER, record, share } from './case.ts';

/** Public groups, including nested ones. */
export const regularGroups: readonly Case[] = [
  {
    rule: 'a group reaches its members, but not those above them',
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
    rule: 'a group without DoesIncludeBosses does not reach those above its members',
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
    rule: 'an inactive member adds nobody',
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
    rule: 'groups nested in a cycle reach their members, and the expansion ends',
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
    rule: 'a nested group with DoesIncludeBosses adds those above its members regardless of the outer group',
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
    rule: 'an outer group with DoesIncludeBosses also adds those above the members of nested groups',
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
