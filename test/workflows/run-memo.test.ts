import { expect, it } from 'vitest';
import type { UnindexedSummary } from '../../src/facts/unindexed.ts';
import { unservedOf } from '../../src/index/model/unserved.ts';
import type { RunMemo } from '../../workflows/contract.ts';
import { STARTING, withOperatorLists, withSuccess } from '../../workflows/run-memo.ts';
import { userName } from '../index/contract/setup.ts';

const memo: RunMemo = { ...STARTING, run: 7, kind: 'incremental', warnings: ['sweep of Lead stopped'] };

/** This number of unindexed cases. */
function cases(count: number): UnindexedSummary {
  const records = Array.from({ length: Math.min(count, 20) }, (_, n) => ({
    id: `5000${n}`,
    object: 'Case' as const,
    cause: 'it breaks',
  }));
  return { count, records };
}

it.each([
  ['none', 0, []],
  ['one', 1, ['1 record could not be indexed: Case 50000 (it breaks)']],
  ['two', 2, ['2 records could not be indexed: Case 50000 (it breaks), Case 50001 (it breaks)']],
  [
    'more than are named',
    1_234,
    [
      '1,234 records could not be indexed: Case 50000 (it breaks), Case 50001 (it breaks), Case 50002 (it breaks), Case 50003 (it breaks), Case 50004 (it breaks), 1,229 more',
    ],
  ],
])('a finished run warns about unindexed records: %s', (_, count, warnings) => {
  const last = withSuccess(
    withOperatorLists(withOperatorLists(memo, { unindexed: cases(3) }), { unindexed: cases(count) }),
    {},
  );
  expect(last.warnings).toEqual(['sweep of Lead stopped', ...warnings]);
  expect(last.headline).toBe(
    ['run 7, incremental done: 0 records read', '0 documents added', '0 changed', '0 removed', ...last.warnings].join(
      ', ',
    ),
  );
  expect(last.unindexed?.count).toBe(count);
});

it('what an activity of an older version does not report stays as it was', () => {
  const counts = { wouldRemove: 60, of: 70 };
  const since = '2026-11-24T03:00:00.000Z';
  const stale = [{ object: 'Lead' as const, run: 3, since, ...counts, hidden: false }];
  const told = withOperatorLists(withOperatorLists(memo, { unindexed: cases(2), stale }), {});
  expect(told.unindexed?.count).toBe(2);
  expect(told.stale).toEqual(stale);
  expect(withSuccess(memo, {})).not.toHaveProperty('unindexed');
  expect(withSuccess(memo, {})).not.toHaveProperty('stale');
});

it('users who are not served remain reported if an activity reports nothing about them', () => {
  const unserved = unservedOf([userName(1), userName(2, { refused: 'frozen' })]);
  const told = withOperatorLists(withOperatorLists(memo, { unserved }), {});
  expect(withSuccess(told, {}).unserved).toMatchObject({ inactive: 0, frozen: 1 });
  expect(withSuccess(memo, {})).not.toHaveProperty('unserved');
});

it('an index that is being filled says so until its complete backfill has ended', () => {
  const begun = withOperatorLists({ ...memo, kind: 'complete' }, { refilling: true });
  expect(begun.refilling).toBe(true);
  expect(withSuccess(begun, {}).refilling).toBe(false);
  expect(withOperatorLists(begun, {}).refilling).toBe(true);
});
