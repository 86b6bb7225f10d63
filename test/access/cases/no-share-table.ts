import { type Case, entity } from './case.ts';

/** Objects without a share table. */
export const noShareTable: readonly Case[] = [
  {
    rule: 'if both defaults are Public Read/Write, everybody reads without the share table',
    rows: [entity('Lead', { InternalSharingModel: 'ReadWrite', ExternalSharingModel: 'ReadWrite' })],
    reads: [
      ['roleless', 'lead', true],
      ['portal', 'lead', true],
      ['roleless', 'case', false],
    ],
    settings: { absent: ['LeadShare'] },
  },
  {
    rule: 'if the default is private, only the owner and those above read without the share table',
    rows: [],
    reads: [
      ['rep', 'lead', true],
      ['chief', 'lead', true],
      ['roleless', 'lead', false],
    ],
    settings: { absent: ['LeadShare'] },
  },
];
