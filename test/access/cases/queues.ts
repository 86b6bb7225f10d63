import { USERS } from '../../sandbox/access/small-org.ts';
import { type Case, GROUP, group, member, record } from './case.ts';

/** Queues, and whether they reach those above their members: by their own switch. */
export const queues: readonly Case[] = [
  {
    rule: 'a queue that owns a lead reaches its members',
    rows: [
      record('Lead', 'lead', { OwnerId: GROUP }),
      group('Queue', { DoesIncludeBosses: true }),
      member(1, USERS.rep),
    ],
    reads: [
      ['rep', 'lead', true],
      ['westLead', 'lead', true],
      ['colleague', 'lead', false],
    ],
  },
  {
    rule: 'a queue whose bosses are switched off does not reach them',
    rows: [
      record('Lead', 'lead', { OwnerId: GROUP }),
      group('Queue', { DoesIncludeBosses: false }),
      member(1, USERS.rep),
    ],
    reads: [
      ['rep', 'lead', true],
      ['westLead', 'lead', false],
    ],
  },
];
