import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, record, share } from './case.ts';

/** Compliant Data Sharing reaches only its user. */
export const compliantDataSharing: readonly Case[] = [
  {
    rule: 'a Compliant Data Sharing row reaches only its user',
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
    rule: 'a Compliant Data Sharing row on an account opens its controlled contacts and the named children',
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
