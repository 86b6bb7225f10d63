import { expect, it } from 'vitest';
import type { CoverageGap } from '../../src/access/coverage-gaps.ts';
import { alsoClosed, nowClosed } from '../../workflows/memo-gaps.ts';
import { STARTING } from '../../workflows/run-memo.ts';

const CYCLE: CoverageGap = { code: 'role_cycle', count: 2 };
const SHARES: CoverageGap = { code: 'unknown_group_shares', count: 5 };

const begun = nowClosed(STARTING, { closed: ['roles'], gaps: [CYCLE] });

it('what is closed stands in a memo as lines and as values', () => {
  expect(begun).toEqual({ ...STARTING, closed: ['roles'], gaps: [CYCLE] });
  expect(nowClosed(begun, { closed: [], gaps: [] })).toEqual({ ...STARTING, closed: [], gaps: [] });
});

it('what the documents show comes after it', () => {
  const ended = alsoClosed(begun, { closed: ['shares'], gaps: [SHARES] });
  expect(ended).toEqual({ ...STARTING, closed: ['roles', 'shares'], gaps: [CYCLE, SHARES] });
  expect(alsoClosed(begun, { closed: [], gaps: [] })).toEqual(begun);
  // An older worker that found nothing.
  expect(alsoClosed(begun, {})).toEqual(begun);
});

it('no value stands where an older worker told lines alone', () => {
  const older = nowClosed(STARTING, { closed: ['roles'] });
  expect(older).toEqual({ ...STARTING, closed: ['roles'] });
  expect(alsoClosed(older, { closed: ['shares'], gaps: [SHARES] })).toEqual({
    ...STARTING,
    closed: ['roles', 'shares'],
  });
});

it('values that were shown before are taken out of Temporal then', () => {
  expect(nowClosed(begun, { closed: ['roles'] })).toEqual({ ...STARTING, closed: ['roles'], gaps: null });
  expect(alsoClosed(begun, { closed: ['shares'] })).toEqual({ ...STARTING, closed: ['roles', 'shares'], gaps: null });
});
