import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, GROUP, group, record, share } from './case.ts';

/** Groups for the managers of a user, and for the people who report to one. */
export const managerGroups: readonly Case[] = [
  {
    rule: 'a Manager group reaches the managers, through inactive ones too, but not the user',
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
    rule: 'a ManagerAndSubordinatesInternal group reaches the user and everyone who reports to them',
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
