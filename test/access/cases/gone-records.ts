import { type Case, record } from './case.ts';

/** Records that nobody finds any longer. */
export const goneRecords: readonly Case[] = [
  {
    rule: 'a converted lead is found by nobody',
    rows: [record('Lead', 'lead', { IsConverted: true })],
    reads: [
      ['rep', 'lead', false],
      ['integration', 'lead', false],
      ['rep', 'case', true],
    ],
  },
  {
    rule: 'a record in the recycle bin is found by nobody',
    rows: [record('Case', 'case', { IsDeleted: true })],
    reads: [
      ['rep', 'case', false],
      ['integration', 'case', false],
      ['rep', 'lead', true],
    ],
  },
];
