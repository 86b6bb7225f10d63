import { OBJECT_NAMES } from '../src/objects/index.ts';
import type { BeginRun, ConnectionState, RunPlan, Watermarks } from './contract.ts';

/** Deleted records stay in Salesforce's recycle bin, where queryAll finds them, for 15 days. */
const RECYCLE_BIN_DAYS = 15;

/** Why the first runs are complete. */
export const NEVER_FINISHED = 'no complete backfill has ever finished';

/** Why a run is complete whose index knows earlier runs, where nothing else does. */
export const CONNECTION_LOST = 'what was known of the runs before is gone: the ConnectionWorkflow was ended by hand';

/** Why a run is complete that finds another index than the run before. */
export const INDEX_NEW = 'the index is another one than the run before had: new, or put back';

/** Why a run is complete before which records may have been hidden from the integration user. */
export function missedReason(objects: readonly string[]): string {
  return `the integration user's rights have changed, and changes of ${objects.join(', ')} may have been missed`;
}

/** A plan before it has its run number, and what it means for the state. */
export interface PlannedRun {
  readonly kind: RunPlan['kind'];
  readonly reason: string;
  readonly backfill: RunPlan['backfill'];
  /** The backfill goes on with the open one. */
  readonly resumes: boolean;
  /** It is complete only because someone asked for it: it does not set the rhythm. */
  readonly forced: boolean;
}

/**
 * Decides what a run is to do. Pure.
 *
 * Reasons that concern the data come first, then the rhythm, then a request: so a backfill that is due anyway sets the
 * rhythm even when someone asked for it too.
 */
export function planRun(state: ConnectionState, begin: BeginRun, run: number): PlannedRun {
  const open = resumable(state, begin);
  if (open !== null) {
    const beganRun = state.openBackfill?.beganRun ?? null;
    const reason =
      beganRun === null
        ? 'goes on with the backfill that the index holds open'
        : `goes on with the backfill of run ${beganRun}`;
    return {
      kind: 'complete',
      reason,
      backfill: state.openBackfill?.allowSweep ? { ...open, allowSweep: true } : open,
      resumes: true,
      forced: state.openBackfill?.forced ?? false,
    };
  }
  const reason = completeReason(state, begin, run);
  if (reason !== null) return complete(state, begin, reason, false);
  if (state.openBackfill !== null) {
    const { beganRun, forced } = state.openBackfill;
    return complete(state, begin, `the backfill that run ${beganRun} began is not in the index`, forced);
  }
  if (state.forceRequests > state.forceRequestsServed) return complete(state, begin, 'asked for by a signal', true);
  return {
    kind: 'incremental',
    reason: nextComplete(state, begin, run),
    backfill: null,
    resumes: false,
    forced: false,
  };
}

/** A backfill that begins now serves every request that waits, and what one of them allows. */
function complete(state: ConnectionState, begin: BeginRun, reason: string, forced: boolean): PlannedRun {
  const allowSweep = (state.sweepAllowedBy ?? 0) > state.forceRequestsServed;
  const backfill = { start: begin.orgTime, positions: {}, ...(allowSweep ? { allowSweep } : {}) };
  return { kind: 'complete', reason, backfill, resumes: false, forced };
}

/** The open backfill to go on with. The index's positions count: it commits them together with the data. */
function resumable(state: ConnectionState, begin: BeginRun): RunPlan['backfill'] {
  const held = begin.index.backfill;
  if (held === null || begin.index.selectionChange !== null || isBehind(state, begin)) return null;
  const sameIndex = state.indexId === null || state.indexId === begin.index.indexId;
  const sameBackfill = state.openBackfill === null ? state.indexId === null : state.openBackfill.start === held.start;
  return sameIndex && sameBackfill ? held : null;
}

function completeReason(state: ConnectionState, begin: BeginRun, run: number): string | null {
  if (state.indexId !== null && state.indexId !== begin.index.indexId) return INDEX_NEW;
  if (state.indexId !== null && isBehind(state, begin))
    return 'the index is older than the last run: it was restored from a copy';
  if (!state.completeEver) {
    const isLost = state.runNumber === 0 && begin.index.highestRun > 0;
    return isLost ? CONNECTION_LOST : NEVER_FINISHED;
  }
  if (begin.index.selectionChange !== null) return `what is indexed has changed: ${begin.index.selectionChange}`;
  const { missed = [] } = begin.index;
  if (missed.length > 0) return missedReason(missed);
  if (state.completeNext !== null) return state.completeNext;
  const oldest = oldestWatermark(begin.index.watermarks);
  if (oldest !== null && Date.parse(begin.orgTime) - Date.parse(oldest) > RECYCLE_BIN_DAYS * 86_400_000) {
    return `the last successful run is more than ${RECYCLE_BIN_DAYS} days ago, longer than Salesforce keeps deleted records`;
  }
  const frequency = begin.completeBackfillFrequency;
  if (run - (state.rhythmRun ?? 0) >= frequency)
    return frequency === 1 ? 'every run' : `every ${ordinal(frequency)} run`;
  return null;
}

function nextComplete(state: ConnectionState, begin: BeginRun, run: number): string {
  return `the next complete backfill is run ${nextCompleteRun(state, begin.completeBackfillFrequency, run)}`;
}

/** The number in an incremental run's reason; null: it is another run's reason. */
export function nextCompleteTold(reason: string): number | null {
  const [, told] = /^the next complete backfill is run (\d+)$/.exec(reason) ?? [];
  return told === undefined ? null : Number(told);
}

/** The number of the run that is complete by the rhythm, seen from a run that is admitted or over. */
export function nextCompleteRun(
  { rhythmRun }: Pick<ConnectionState, 'rhythmRun'>,
  completeBackfillFrequency: number,
  run: number,
): number {
  return Math.max((rhythmRun ?? 0) + completeBackfillFrequency, run + 1);
}

/** Something that Temporal knows to be in the index is not there: the file was restored from a copy. */
function isBehind(state: ConnectionState, begin: BeginRun): boolean {
  return OBJECT_NAMES.some((object) => {
    const known = state.watermarks[object];
    const held = begin.index.watermarks[object];
    return known !== undefined && (held === undefined || Date.parse(held) < Date.parse(known));
  });
}

/**
 * The open backfill ended in the index, but its run died before it could say so: nothing is open there, and every
 * watermark has reached the backfill's start.
 */
export function endedUnseen(state: ConnectionState, begin: BeginRun): boolean {
  const open = state.openBackfill;
  if (open === null || begin.index.backfill !== null || state.indexId !== begin.index.indexId) return false;
  const watermarks = Object.values(begin.index.watermarks);
  return watermarks.length > 0 && watermarks.every((at) => Date.parse(at) >= Date.parse(open.start));
}

function oldestWatermark(watermarks: Watermarks): string | null {
  const all = Object.values(watermarks).toSorted((a, b) => Date.parse(a) - Date.parse(b));
  return all[0] ?? null;
}

function ordinal(n: number): string {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${{ 1: 'st', 2: 'nd', 3: 'rd' }[n % 10] ?? 'th'}`;
}
