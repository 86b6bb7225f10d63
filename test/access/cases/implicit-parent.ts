import { SETS, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, objectPermission, share } from './case.ts';

/** Anyone who reads a child through sharing reads its account, through a share row of its own. */
export const implicitParent: readonly Case[] = [
  {
    rule: 'an ImplicitParent row opens the account and its contacts, but none of its other children',
    rows: [
      share('Case', USERS.roleless),
      share('Account', USERS.roleless, {
        RowCause: 'ImplicitParent',
        ContactAccessLevel: 'None',
        CaseAccessLevel: 'None',
        OpportunityAccessLevel: 'None',
      }),
    ],
    reads: [
      ['roleless', 'case', true],
      ['roleless', 'account', true],
      ['roleless', 'contact', true],
      ['roleless', 'opportunity', false],
    ],
  },
  {
    rule: 'without an ImplicitParent row the account stays closed, and View All on the child adds none',
    rows: [share('Case', USERS.roleless), objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true })],
    reads: [
      ['roleless', 'case', true],
      ['roleless', 'account', false],
      ['viewer', 'case', true],
      ['viewer', 'account', false],
    ],
  },
];
