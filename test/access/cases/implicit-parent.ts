import { SETS, USERS } from '../../sandbox/access/small-org.ts';
import { type Case, objectPermission, share } from './case.ts';

/** Whoever reads a child through sharing reads its account: a row of its own. */
export const implicitParent: readonly Case[] = [
  {
    rule: 'an ImplicitParent row opens the account and its contacts, and none of its other children',
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
    rule: 'without such a row the account stays closed, and View All on the child makes none',
    rows: [share('Case', USERS.roleless), objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true })],
    reads: [
      ['roleless', 'case', true],
      ['roleless', 'account', false],
      ['viewer', 'case', true],
      ['viewer', 'account', false],
    ],
  },
];
