import type { ConnectionState, RunMemo } from '../../workflows/contract.ts';
import {
  CONNECTION_LOST,
  INDEX_NEW,
  missedReason,
  NEVER_FINISHED,
  nextCompleteRun,
  nextCompleteTold,
} from '../../workflows/run-plan.ts';

/** The complete backfill that comes next, as far as is known. */
export interface NextComplete {
  readonly run: number;
  /** About when; null: nothing is due, the Schedule is paused, or Temporal does not tell times so far ahead. */
  readonly at: Date | null;
  /** Why it comes before the rhythm's turn; null: it does not. */
  readonly reason: string | null;
}

/** The Schedule's times, as far as forecasts need them. */
export interface Rhythm {
  /** When Temporal starts the next runs, as far as it tells. */
  readonly nextRuns: readonly Date[];
  readonly paused: boolean;
  readonly completeBackfillFrequency: number;
}

/** Which run is complete next, and about when: if every run is done before the next tick, and none is asked for. */
export function nextComplete(
  state: Pick<ConnectionState, 'runNumber' | 'rhythmRun'> & Partial<ConnectionState>,
  rhythm: Rhythm,
): NextComplete {
  const reason = soonerReason(state);
  const next = state.runNumber + 1;
  // The run under way, if it is by the rhythm, will have set it.
  const { openRun, openBackfill } = state;
  const setsRhythm = openRun?.plan.kind === 'complete' && openBackfill && !openBackfill.forced;
  const rhythmRun = setsRhythm ? openBackfill.beganRun : state.rhythmRun;
  const byRhythm = nextCompleteRun({ rhythmRun }, rhythm.completeBackfillFrequency, state.runNumber);
  const run = reason === null ? byRhythm : next;
  return { run, at: tickOf(run - state.runNumber, rhythm), reason };
}

/** The same from what runs have left behind, where no worker tells the state; null: they do not say. */
export function nextCompleteByMemo(memo: Partial<RunMemo> | null, rhythm: Rhythm): NextComplete | null {
  const run = nextCompleteTold(memo?.reason ?? '');
  if (run === null || typeof memo?.run !== 'number') return null;
  return { run, at: tickOf(run - memo.run, rhythm), reason: null };
}

/** The first run, which is complete. */
export function firstComplete(rhythm: Rhythm): NextComplete {
  return { run: 1, at: tickOf(1, rhythm), reason: NEVER_FINISHED };
}

/**
 * The next run, where it is complete for what the ConnectionWorkflow does not know of yet: that itself or the index is gone,
 * or that something may have been missed. Null: it is not.
 */
export function nextCompleteAtOnce(
  lost: 'connection' | 'index' | null,
  memo: Partial<RunMemo> | null,
  rhythm: Rhythm,
): NextComplete | null {
  if (typeof memo?.run !== 'number') return null;
  const missed = memo.missed ?? [];
  const next = { run: memo.run + 1, at: tickOf(1, rhythm) };
  if (lost !== null) return { ...next, reason: lost === 'index' ? INDEX_NEW : CONNECTION_LOST };
  return missed.length === 0 ? null : { ...next, reason: missedReason(missed) };
}

function tickOf(ticks: number, { nextRuns, paused }: Rhythm): Date | null {
  return paused ? null : (nextRuns[ticks - 1] ?? null);
}

function soonerReason({
  forceRequests = 0,
  forceRequestsServed = 0,
  openBackfill,
  openRun,
  completeNext,
  completeEver,
}: Partial<ConnectionState>): string | null {
  // What the run under way is already making is not the next one.
  const servedNow = openRun?.plan.kind === 'complete' ? (openBackfill?.servesRequests ?? 0) : 0;
  if (openBackfill && openRun?.plan.kind !== 'complete')
    return `goes on with the backfill of run ${openBackfill.beganRun}`;
  if (forceRequests > Math.max(forceRequestsServed, servedNow)) return 'asked for by a signal';
  if (openRun?.plan.kind === 'complete') return null;
  if (completeEver === false) return NEVER_FINISHED;
  return completeNext ?? null;
}

/** Seconds until a complete backfill has read everything, at the speed that it has had; null: not to be told. */
export function secondsLeft({ kind, progress = {} }: Partial<RunMemo>, startedAt: Date, now: Date): number | null {
  if (kind !== 'complete') return null;
  const elapsed = (now.getTime() - startedAt.getTime()) / 1000;
  let written = 0;
  let left = 0;
  for (const { expected, read, added, changed, renewed, done } of Object.values(progress)) {
    // What an earlier run had read counts as read, but was not read at this one's speed.
    written += added + changed + renewed;
    if (done) continue;
    if (expected === null) return null;
    left += Math.max(0, expected - read);
  }
  return written === 0 || elapsed <= 0 ? null : (left * elapsed) / written;
}
