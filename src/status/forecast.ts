import { backfillEnded } from '../../workflows/connection-state.ts';
import type { ConnectionState, RunMemo } from '../../workflows/contract.ts';
import { firstReason, nextCompleteRun, reasonsInState } from '../../workflows/run-reasons.ts';
import type { ReasonWithText, RunReason } from '../facts/reasons.ts';
import { nextCompleteIn } from '../sentences/earlier-texts.ts';
import { withReasonText } from '../sentences/reasons.ts';

/** The next complete backfill, as far as is known. */
export interface NextComplete {
  readonly run: number;
  /** Approximately when. Null: nothing is due, the Schedule is paused, or Temporal returns no times that far ahead. */
  readonly at: Date | null;
  /** Why it comes earlier than the cadence requires. Null: it does not. */
  readonly reason: string | null;
  readonly why: RunReason;
}

/** The Schedule's times that forecasts need. */
export interface Cadence {
  /** When Temporal starts the next runs, as far as it says. */
  readonly nextRuns: readonly Date[];
  readonly paused: boolean;
  readonly completeBackfillFrequency: number;
}

/** What is known without the index. */
export interface Known {
  /** Null: no worker answers, or no run has begun. */
  readonly state: ConnectionState | null;
  /** The memo of the newest run that was admitted. Null: there is none. */
  readonly memo: Partial<RunMemo> | null;
  /** The ConnectionWorkflow, or the index's file, is gone. */
  readonly lost: 'connection' | 'index' | null;
  readonly isRunning: boolean;
  readonly hasRuns: boolean;
}

/**
 * Predicts the next complete run, and approximately when it runs. Assumes that every run ends before the next tick, and
 * that nobody requests one. Null: too little is known.
 */
export function nextComplete(known: Known, cadence: Cadence): NextComplete | null {
  const { state, memo, isRunning, hasRuns } = known;
  const after = state && afterOpenRun(isRunning ? state : { ...state, openRun: null });
  const last = after?.runNumber ?? memo?.run ?? (hasRuns ? null : 0);
  if (last === null) return null;
  const first = firstReason(reasonsFor(last + 1, known, after, cadence));
  if (first !== null && first.why.code !== 'cadence') return { run: last + 1, at: tickOf(1, cadence), ...first };
  const run =
    after === null ? nextCompleteInMemo(memo) : nextCompleteRun(after, cadence.completeBackfillFrequency, last);
  const why = { code: 'cadence', frequency: cadence.completeBackfillFrequency } as const;
  return run === null ? null : { run, at: tickOf(run - last, cadence), reason: null, why };
}

/** Returns the reasons that apply to the run, as far as they are known. */
function reasonsFor(
  run: number,
  { memo, lost, isRunning, hasRuns }: Known,
  after: ConnectionState | null,
  { completeBackfillFrequency }: Cadence,
): ReasonWithText[] {
  const reasons: RunReason[] = [];
  if (lost === 'index') reasons.push({ code: 'index_replaced' });
  if (lost === 'connection') reasons.push({ code: 'connection_lost' });
  if (after === null && !hasRuns) reasons.push({ code: 'never_completed' });
  if (lost === null && after !== null && after.openBackfill !== null)
    reasons.push({ code: 'backfill_resumed', beganRun: after.openBackfill.beganRun });
  // The run under way may be the one that reads them.
  const { missed = [], blocked = [] } = isRunning ? {} : (memo ?? {});
  const answering = [...new Set(blocked.filter(({ answers }) => answers).map(({ object }) => object))];
  if (answering.length > 0) reasons.push({ code: 'objects_answer_again', objects: answering });
  if (missed.length > 0) reasons.push({ code: 'changes_missed', objects: missed });
  return [
    ...reasons.map(withReasonText),
    ...(after === null ? [] : reasonsInState(after, completeBackfillFrequency, run)),
  ];
}

/** Returns the state after the run under way, if it does what is planned. */
function afterOpenRun(state: ConnectionState): ConnectionState {
  const ended = state.openRun?.plan.kind === 'complete' ? backfillEnded(state) : state;
  return { ...ended, openRun: null };
}

/** Returns the next complete run that an incremental run announced. Null: it was not incremental, or did not say. */
function nextCompleteInMemo(memo: Partial<RunMemo> | null): number | null {
  const told = memo?.why?.code === 'incremental' ? memo.why.nextComplete : null;
  const next = memo?.why === undefined ? nextCompleteIn(memo?.reason ?? '') : told;
  return Number.isSafeInteger(next) && (next ?? 0) > (memo?.run ?? 0) ? next : null;
}

function tickOf(ticks: number, { nextRuns, paused }: Cadence): Date | null {
  return paused ? null : (nextRuns[ticks - 1] ?? null);
}

/**
 * Estimates the seconds until a complete backfill has read everything, at its speed so far. Null: it cannot be
 * estimated.
 */
export function secondsLeft({ kind, progress = {} }: Partial<RunMemo>, startedAt: Date, now: Date): number | null {
  if (kind !== 'complete') return null;
  const elapsed = (now.getTime() - startedAt.getTime()) / 1000;
  let written = 0;
  let left = 0;
  for (const { expected, read, added, changed, renewed, done } of Object.values(progress)) {
    // What an earlier run read counts as read, but says nothing about this run's speed.
    written += added + changed + renewed;
    if (done) continue;
    if (expected === null) return null;
    left += Math.max(0, expected - read);
  }
  return written === 0 || elapsed <= 0 ? null : (left * elapsed) / written;
}
