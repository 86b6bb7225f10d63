import { describe, expect, it } from 'vitest';
import { nextComplete, nextCompleteByMemo, type Rhythm, secondsLeft } from '../../src/status/forecast.ts';
import { beginRun, finishRun, forceCompleteBackfill, NEW_CONNECTION } from '../../workflows/connection-state.ts';
import type { BeginRun, ConnectionState, ObjectProgress } from '../../workflows/contract.ts';
import { beginMessage, watermarksAt } from '../workflows/begin-message.ts';

const NOW = new Date('2026-11-24T12:05:00Z');
const EVERY_TEN: Rhythm = {
  nextRuns: Array.from({ length: 60 }, (_, at) => new Date(Date.parse('2026-11-24T12:10:00Z') + at * 600_000)),
  paused: false,
  completeBackfillFrequency: 48,
};
const MORNING = '2026-11-24T08:00:00.000Z';
const INDEX = { watermarks: watermarksAt(MORNING) };

const begun = (state: ConnectionState, message: Partial<BeginRun> = {}) =>
  beginRun(state, beginMessage({ index: INDEX, ...message })).state;
const finished = (state: ConnectionState) =>
  finishRun(state, {
    key: 'run-key',
    status: 'completed',
    backfillEnded: state.openRun?.plan.kind === 'complete',
    watermarks: watermarksAt(MORNING),
    completeNext: null,
    headline: 'done',
  });

const first = begun(NEW_CONNECTION);
const afterFirst = finished(first);
const requested = forceCompleteBackfill(afterFirst);

describe('the next complete backfill', () => {
  const soon = new Date('2026-11-24T12:10:00Z');
  const byRhythm = new Date('2026-11-24T20:00:00Z');
  const rows: [string, ConnectionState, { run: number; at: Date; reason: string | null }][] = [
    ['before any run', NEW_CONNECTION, { run: 1, at: soon, reason: 'no complete backfill has ever finished' }],
    ['while the first one is made', first, { run: 49, at: byRhythm, reason: null }],
    ['after the first one', afterFirst, { run: 49, at: byRhythm, reason: null }],
    ['asked for', requested, { run: 2, at: soon, reason: 'asked for by a signal' }],
    [
      'while the one that was asked for is made',
      begun(requested),
      { run: 49, at: new Date('2026-11-24T19:50:00Z'), reason: null },
    ],
    [
      'asked for again meanwhile',
      forceCompleteBackfill(begun(requested)),
      { run: 3, at: soon, reason: 'asked for by a signal' },
    ],
    [
      'one that was broken off',
      { ...first, openRun: null },
      { run: 2, at: soon, reason: 'goes on with the backfill of run 1' },
    ],
    [
      'a reason that a run found',
      { ...afterFirst, completeNext: 'the default of contacts has moved' },
      { run: 2, at: soon, reason: 'the default of contacts has moved' },
    ],
  ];
  it.each(rows)('%s', (_name, state, expected) => {
    expect(nextComplete(state, EVERY_TEN)).toEqual(expected);
  });

  it('is the one that the plan of the run then says', () => {
    const { run } = nextComplete(afterFirst, EVERY_TEN);
    const due = { ...afterFirst, runNumber: run - 1 };
    expect(begun(due).openRun?.plan.kind).toBe('complete');
    expect(begun({ ...due, runNumber: run - 2 }).openRun?.plan.kind).toBe('incremental');
  });

  it('has no time while the Schedule is paused', () => {
    expect(nextComplete(afterFirst, { ...EVERY_TEN, paused: true }).at).toBeNull();
  });

  it('has no time where Temporal does not tell times so far ahead', () => {
    const rhythm = { ...EVERY_TEN, nextRuns: EVERY_TEN.nextRuns.slice(0, 10) };
    expect(nextComplete(afterFirst, rhythm)).toEqual({ run: 49, at: null, reason: null });
  });

  it('is told by an incremental run where no worker answers, and by no other', () => {
    const plan = begun(afterFirst).openRun?.plan;
    expect(nextCompleteByMemo(plan ?? null, EVERY_TEN)).toEqual({
      run: 49,
      at: new Date('2026-11-24T19:50:00Z'),
      reason: null,
    });
    expect(nextCompleteByMemo(first.openRun?.plan ?? null, EVERY_TEN)).toBeNull();
    expect(nextCompleteByMemo(null, EVERY_TEN)).toBeNull();
  });
});

describe('the remaining time', () => {
  const progress = (facts: Partial<ObjectProgress>): ObjectProgress => ({
    expected: 1000,
    read: 0,
    added: 0,
    changed: 0,
    renewed: 0,
    removed: 0,
    done: false,
    ...facts,
  });
  const tenMinutesAgo = new Date(NOW.getTime() - 600_000);
  const left = (memo: Parameters<typeof secondsLeft>[0]) => secondsLeft(memo, tenMinutesAgo, NOW);

  it('goes by the speed that the run has had', () => {
    const Account = progress({ read: 1000, added: 400, renewed: 600, done: true });
    expect(left({ kind: 'complete', progress: { Account, Contact: progress({ read: 500, added: 500 }) } })).toBe(200);
  });

  it('does not take for its speed what an earlier run had read', () => {
    expect(left({ kind: 'complete', progress: { Account: progress({ read: 900, renewed: 100 }) } })).toBe(600);
  });

  it.each([
    [
      'of an incremental run',
      { kind: 'incremental' as const, progress: { Account: progress({ read: 5, changed: 5 }) } },
    ],
    ['before the first slice', { kind: 'complete' as const, progress: { Account: progress({}) } }],
    [
      'where the org did not count',
      { kind: 'complete' as const, progress: { Account: progress({ expected: null, added: 5 }) } },
    ],
    ['of a run without a memo', {}],
  ])('is not told %s', (_name, memo) => {
    expect(left(memo)).toBeNull();
  });
});
