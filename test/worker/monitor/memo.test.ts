import { expect, it } from 'vitest';
import { readMemo } from '../../../src/worker/monitor/memo.ts';

const PROGRESS = { expected: null, read: 1, added: 2, changed: 3, renewed: 4, removed: 5, done: true };
const NOTHING = {
  run: null,
  kind: null,
  warnings: [],
  closed: 0,
  unindexed: 0,
  apiCalls: null,
  apiUsage: null,
  progress: {},
  failure: null,
};

it('takes what log and metrics need', () => {
  const memo = {
    headline: 'run 7 done',
    run: 7,
    kind: 'incremental',
    warnings: ['one'],
    closed: ['two', 'three'],
    unindexed: { count: 3, records: [] },
    apiCalls: 9,
    apiUsage: { used: 1, limit: 2 },
    progress: { Account: PROGRESS },
    failure: 'No disk.',
  };
  expect(readMemo(memo)).toEqual({
    run: 7,
    kind: 'incremental',
    warnings: ['one'],
    closed: 2,
    unindexed: 3,
    apiCalls: 9,
    apiUsage: { used: 1, limit: 2 },
    progress: { Account: { expected: null, read: 1, added: 2, changed: 3, removed: 5 } },
    failure: 'No disk.',
  });
});

it.each([[null], ['text'], [{}]])('takes nothing from %j', (memo) => {
  expect(readMemo(memo)).toEqual(NOTHING);
});

it.each([
  [{ run: -1 }],
  [{ run: 'seven' }],
  [{ kind: 'made up' }],
  [{ warnings: 'one' }],
  [{ closed: { length: 7 } }],
  [{ unindexed: { count: Number.NaN } }],
  [{ apiUsage: { used: 'all', limit: 2 } }],
  [{ progress: { Stranger: PROGRESS } }],
  [{ progress: { Account: { ...PROGRESS, read: 'all' } } }],
  [{ failure: { deep: 'text' } }],
])('leaves out forged values: %j', (memo) => {
  expect(readMemo(memo)).toEqual(NOTHING);
});

it('takes no more warnings than a person reads', () => {
  expect(readMemo({ warnings: Array.from({ length: 1_000 }, () => 'x') }).warnings).toHaveLength(20);
});
