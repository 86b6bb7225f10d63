import { expect, it } from 'vitest';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import { addGaps, replaceGaps, STARTING } from '../../workflows/run-memo.ts';

const CYCLE: CoverageGap = { code: 'role_cycle', count: 2 };
const SHARES: CoverageGap = { code: 'unknown_group_shares', count: 5 };

const begun = replaceGaps(STARTING, { closed: ['roles'], gaps: [CYCLE] });

it('a memo has coverage gaps as lines and as values', () => {
  expect(begun).toEqual({ ...STARTING, closed: ['roles'], gaps: [CYCLE] });
  expect(replaceGaps(begun, { closed: [], gaps: [] })).toEqual({ ...STARTING, closed: [], gaps: [] });
});

it('gaps of the documents come after gaps of the membership', () => {
  const ended = addGaps(begun, { closed: ['shares'], gaps: [SHARES] });
  expect(ended).toEqual({ ...STARTING, closed: ['roles', 'shares'], gaps: [CYCLE, SHARES] });
  expect(addGaps(begun, { closed: [], gaps: [] })).toEqual(begun);
  // An older worker that found nothing.
  expect(addGaps(begun, {})).toEqual(begun);
});

it('a memo has no values if an older worker reported only lines', () => {
  const older = replaceGaps(STARTING, { closed: ['roles'] });
  expect(older).toEqual({ ...STARTING, closed: ['roles'] });
  expect(addGaps(older, { closed: ['shares'], gaps: [SHARES] })).toEqual({
    ...STARTING,
    closed: ['roles', 'shares'],
  });
});

it('values that a memo already has are removed from Temporal in that case', () => {
  expect(replaceGaps(begun, { closed: ['roles'] })).toEqual({ ...STARTING, closed: ['roles'], gaps: null });
  expect(addGaps(begun, { closed: ['shares'] })).toEqual({ ...STARTING, closed: ['roles', 'shares'], gaps: null });
});
