import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, GROUP, group, record, share } from './case.ts';

/** Groups that stand for the managers of a user, or for those who report to one. */
export const managerGroups: readonly Case[] = [
  {
    rule: 'a Manager group reaches the managers, through inactive ones, not the user',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Manager', { RelatedId: USERS.colleague }),
    ],
    reads: [
      ['eastLead', 'lead', true],
      ['colleague', 'lead', false],
      ['westLead', 'lead', false],
    ],
  },
  {
    rule: 'ManagerAndSubordinatesInternal reaches the user and all who report to them',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('ManagerAndSubordinatesInternal', { RelatedId: USERS.chief }),
    ],
    reads: [
      ['chief', 'lead', true],
      ['rep', 'lead', true],
      ['colleague', 'lead', false],
    ],
  },
];
