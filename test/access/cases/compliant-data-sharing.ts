import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, record, share } from './case.ts';

/** Compliant Data Sharing reaches its user alone. */
export const compliantDataSharing: readonly Case[] = [
  {
    rule: 'a Compliant Data Sharing row reaches its user alone',
    rows: [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', USERS.rep, { RowCause: 'CompliantDataSharing' }),
    ],
    reads: [
      ['rep', 'lead', true],
      ['westLead', 'lead', false],
    ],
  },
  {
    rule: '… on an account, for the contacts that it controls and the children that it names',
    rows: [
      record('Account', 'account', { OwnerId: USERS.integration }),
      record('Case', 'case', { OwnerId: USERS.integration }),
      share('Account', USERS.rep, { RowCause: 'CompliantDataSharing', CaseAccessLevel: 'Read' }),
    ],
    reads: [
      ['rep', 'account', true],
      ['rep', 'contact', true],
      ['rep', 'case', true],
      ['westLead', 'account', false],
      ['westLead', 'contact', false],
      ['westLead', 'case', false],
    ],
  },
];
