import { describe, expect, it } from 'vitest';
import type { BlockedStream } from '../../src/index/port/progress.ts';
import { type Cadence, type Known, nextComplete, secondsLeft } from '../../src/status/forecast.ts';
import { beginRun, finishRun, forceCompleteBackfill, NEW_CONNECTION } from '../../workflows/connection-state.ts';
import type { BeginRun, ConnectionState, ObjectProgress } from '../../workflows/contract.ts';
import { STARTING, withPlan } from '../../workflows/run-memo.ts';
import { beginMessage, watermarksAt } from '../workflows/begin-message.ts';

const NOW = new Date('2026-11-24T12:05:00Z');
const EVERY_TEN: Cadence = {
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

const NOTHING: Known = { state: null, memo: null, lost: null, isRunning: false, hasRuns: false };
/** What a worker reports during a run, or not. */
const toldBy = (state: ConnectionState, more: Partial<Known> = {}): Known => ({
  ...NOTHING,
  state,
  isRunning: state.openRun !== null,
  hasRuns: state.runNumber > 0,
  ...more,
});
/** The memo of the current run. */
const memoOf = ({ openRun }: ConnectionState) => (openRun === null ? null : withPlan(STARTING, openRun.plan, {}));

const ANSWERS: BlockedStream = {
  object: 'Case',
  of: 'records',
  code: null,
  message: 'not today',
  since: null,
  at: MORNING,
  run: 1,
  triedIn: null,
  missedBackfill: true,
  answers: true,
  rereads: 0,
};
const BY_CADENCE = { code: 'cadence', frequency: 48 };

describe('the next complete backfill', () => {
  const soon = new Date('2026-11-24T12:10:00Z');
  const byCadence = new Date('2026-11-24T20:00:00Z');
  const rows: [string, Known, { run: number; at: Date; code: string | null }][] = [
    ['before any run', toldBy(NEW_CONNECTION), { run: 1, at: soon, code: 'never_completed' }],
    ['before any run, without a worker', NOTHING, { run: 1, at: soon, code: 'never_completed' }],
    ['while the first one is running', toldBy(first), { run: 49, at: byCadence, code: null }],
    ['after the first one', toldBy(afterFirst), { run: 49, at: byCadence, code: null }],
    ['on request', toldBy(requested), { run: 2, at: soon, code: 'requested' }],
    [
      'while the requested one is running',
      toldBy(begun(requested)),
      { run: 49, at: new Date('2026-11-24T19:50:00Z'), code: null },
    ],
    [
      'requested again meanwhile',
      toldBy(forceCompleteBackfill(begun(requested))),
      { run: 3, at: soon, code: 'requested' },
    ],
    ['after one that broke off', toldBy({ ...first, openRun: null }), { run: 2, at: soon, code: 'backfill_resumed' }],
    [
      'after one whose run was ended from outside',
      toldBy(first, { isRunning: false }),
      { run: 2, at: soon, code: 'backfill_resumed' },
    ],
    [
      'for a reason that a run found, despite a request',
      toldBy({
        ...requested,
        completeNext: 'the default of contacts has moved',
        completeNextWhy: { code: 'contact_sharing_changed' },
      }),
      { run: 2, at: soon, code: 'contact_sharing_changed' },
    ],
    [
      'due by the cadence, despite a request',
      toldBy({ ...requested, runNumber: 48 }),
      { run: 49, at: soon, code: null },
    ],
    [
      'changes that may have been missed',
      toldBy(afterFirst, { memo: { run: 1, missed: ['Case'] } }),
      { run: 2, at: soon, code: 'changes_missed' },
    ],
    [
      'the same, while a run that may read them is in progress',
      toldBy(first, { memo: { run: 1, missed: ['Case'] } }),
      { run: 49, at: byCadence, code: null },
    ],
    [
      'an object that the org answers again',
      toldBy(afterFirst, { memo: { run: 1, blocked: [ANSWERS] } }),
      { run: 2, at: soon, code: 'objects_answer_again' },
    ],
    [
      'with a missing index, in the middle of a backfill',
      toldBy({ ...first, openRun: null }, { lost: 'index' }),
      { run: 2, at: soon, code: 'index_replaced' },
    ],
    [
      'with a missing ConnectionWorkflow',
      { ...NOTHING, hasRuns: true, lost: 'connection', memo: { run: 7 } },
      { run: 8, at: soon, code: 'connection_lost' },
    ],
  ];
  it.each(rows)('%s', (_name, known, { run, at, code }) => {
    const next = nextComplete(known, EVERY_TEN);
    expect(next).toMatchObject({ run, at });
    expect(next?.why.code).toBe(code ?? 'cadence');
    expect(next?.reason === null).toBe(code === null);
  });

  it.each(rows.filter(([, { state, lost, memo }]) => state !== null && lost === null && memo === null))(
    'is the one that the plan of the run then names: %s',
    (_name, { state, isRunning }, { run, code }) => {
      if (state === null) throw new Error('there is no state');
      const over = isRunning ? finished(state) : { ...state, openRun: null };
      const backfill = over.openBackfill && { start: over.openBackfill.start, positions: {} };
      const due = { ...over, runNumber: run - 1 };
      const { plan } = begun(due, { key: 'next', index: { ...INDEX, backfill } as never }).openRun ?? {};
      expect(plan).toMatchObject({ run, kind: 'complete', why: { code: code ?? 'cadence' } });
    },
  );

  it('is not an earlier run', () => {
    const due = { ...afterFirst, runNumber: 47 };
    expect(begun(due).openRun?.plan.kind).toBe('incremental');
  });

  it('has no time while the Schedule is paused', () => {
    expect(nextComplete(toldBy(afterFirst), { ...EVERY_TEN, paused: true })?.at).toBeNull();
  });

  it('has no time if Temporal does not return times that far ahead', () => {
    const cadence = { ...EVERY_TEN, nextRuns: EVERY_TEN.nextRuns.slice(0, 10) };
    expect(nextComplete(toldBy(afterFirst), cadence)).toEqual({ run: 49, at: null, reason: null, why: BY_CADENCE });
  });

  it('is reported for an incremental run without a worker, and for no other run', () => {
    const by = (memo: Known['memo']) => nextComplete({ ...NOTHING, memo, hasRuns: true }, EVERY_TEN);
    const at = new Date('2026-11-24T19:50:00Z');
    expect(by(memoOf(begun(afterFirst)))).toEqual({ run: 49, at, reason: null, why: BY_CADENCE });
    expect(by(memoOf(first))).toBeNull();
    expect(by(null)).toBeNull();
    expect(by({ run: 2, why: { code: 'incremental', nextComplete: 'x' as never } })).toBeNull();
    // As versions before codes wrote it.
    expect(by({ run: 2, reason: 'the next complete backfill is run 49' })).toMatchObject({ run: 49, at });
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

  it('uses the speed of this run', () => {
    const Account = progress({ read: 1000, added: 400, renewed: 600, done: true });
    expect(left({ kind: 'complete', progress: { Account, Contact: progress({ read: 500, added: 500 }) } })).toBe(200);
  });

  it('does not count what an earlier run has read as its speed', () => {
    expect(left({ kind: 'complete', progress: { Account: progress({ read: 900, renewed: 100 }) } })).toBe(600);
  });

  it.each([
    [
      'of an incremental run',
      { kind: 'incremental' as const, progress: { Account: progress({ read: 5, changed: 5 }) } },
    ],
    ['before the first slice', { kind: 'complete' as const, progress: { Account: progress({}) } }],
    [
      'if the org did not count',
      { kind: 'complete' as const, progress: { Account: progress({ expected: null, added: 5 }) } },
    ],
    ['of a run without a memo', {}],
  ])('is not reported %s', (_name, memo) => {
    expect(left(memo)).toBeNull();
  });
});
