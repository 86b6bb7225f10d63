import { USERS } from '@salesforce-connector/sandbox/testing';
import { type Case, GROUP, group, member, record } from './case.ts';

/** Queues. Their own switch decides whether they reach the users above their members. */
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
    rule: 'a queue with DoesIncludeBosses off does not reach those above its members',
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
