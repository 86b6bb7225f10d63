import { type Case, org, record } from './case.ts';

/** A person account’s contact goes with its account. */
export const personAccounts: readonly Case[] = [
  {
    rule: 'a person account’s contact goes with its account whatever the default',
    rows: [org({ DefaultContactAccess: 'None' }), record('Contact', 'contact', { IsPersonAccount: true })],
    reads: [
      ['rep', 'contact', true],
      ['eastLead', 'contact', false],
    ],
  },
];
