import { type Case, entity } from './case.ts';

/** Objects whose share table is not there. */
export const noShareTable: readonly Case[] = [
  {
    rule: 'where both defaults are Public Read/Write everybody reads, and nothing is missing',
    rows: [entity('Lead', { InternalSharingModel: 'ReadWrite', ExternalSharingModel: 'ReadWrite' })],
    reads: [
      ['roleless', 'lead', true],
      ['portal', 'lead', true],
      ['roleless', 'case', false],
    ],
    settings: { absent: ['LeadShare'] },
  },
  {
    rule: 'where the default is private the owner and those above are left',
    rows: [],
    reads: [
      ['rep', 'lead', true],
      ['chief', 'lead', true],
      ['roleless', 'lead', false],
    ],
    settings: { absent: ['LeadShare'] },
  },
];
