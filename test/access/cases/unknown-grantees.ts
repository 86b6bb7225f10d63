import { sfId, USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, GROUP, group, member, share } from './case.ts';

/** Grantees that nothing shows: access is denied. */
export const unknownGrantees: readonly Case[] = [
  {
    rule: 'a share row to an unknown group reaches nobody',
    rows: [share('Lead', sfId('00G', 99))],
    reads: [['roleless', 'lead', false]],
  },
  {
    rule: 'a group of an unknown type reaches nobody',
    rows: [share('Lead', GROUP), group('AllCustomerPortal'), member(1, USERS.roleless)],
    reads: [
      ['portal', 'lead', false],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'a member that nothing shows adds nobody',
    rows: [share('Lead', GROUP), group('Regular'), member(1, sfId('005', 99)), member(2, sfId('00G', 99))],
    reads: [
      ['rep', 'lead', true],
      ['roleless', 'lead', false],
    ],
  },
];
