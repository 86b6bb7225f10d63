import { RECYCLE_BIN_MS } from '../src/index/blocked.ts';
import { MOST_RUNS_AHEAD } from '../src/index/run-number.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import type { BeginRun, ConnectionState, RunPlan } from './contract.ts';

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

/** Why a run is complete whose index holds times after the org's clock. */
function aheadReason(latest: string): string {
  return `the index holds times up to ${latest}, later than the org's clock`;
}

/**
 * The number of the run that is admitted now: one more than Temporal and the index know. Where Temporal's number is no
 * number of this index's runs, however many a restored copy lacks, somebody has made it up, and the index's counts.
 */
export function nextRunNumber(known: number, highestInIndex: number): number {
  return (known - highestInIndex > MOST_RUNS_AHEAD ? highestInIndex : Math.max(known, highestInIndex)) + 1;
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
  const { answering = [] } = begin.index;
  if (answering.length > 0) return ofObjects(begin, answering);
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

/** A backfill of some objects alone, which the org refused for a while. It serves no request and sets no rhythm. */
function ofObjects(begin: BeginRun, objects: readonly ObjectName[]): PlannedRun {
  const list = objects.join(', ');
  return {
    kind: 'complete',
    reason: `the org answers queries of ${list} again: only ${list} ${objects.length === 1 ? 'is' : 'are'} read`,
    backfill: { start: begin.orgTime, positions: {}, objects },
    resumes: false,
    forced: true,
  };
}

/** The open backfill to go on with. The index's positions count: it commits them together with the data. */
function resumable(state: ConnectionState, begin: BeginRun): RunPlan['backfill'] {
  const held = begin.index.backfill;
  if (held === null || isAhead(begin) || begin.index.selectionChange !== null || isBehind(state, begin)) return null;
  const sameIndex = state.indexId === null || state.indexId === begin.index.indexId;
  // One that is open in the index alone was ended by a message that no run sent, or Temporal has lost its state.
  const sameBackfill = state.openBackfill === null || state.openBackfill.start === held.start;
  return sameIndex && sameBackfill ? held : null;
}

function completeReason(state: ConnectionState, begin: BeginRun, run: number): string | null {
  const { ahead } = begin.index;
  if (typeof ahead === 'string') return aheadReason(ahead);
  if (state.indexId !== null && state.indexId !== begin.index.indexId) return INDEX_NEW;
  if (state.indexId !== null && isBehind(state, begin))
    return 'the index is older than the last run: it was restored from a copy';
  if (!state.completeEver) {
    const isLost = state.runNumber === 0 && begin.index.highestRun > 0;
    return isLost ? CONNECTION_LOST : NEVER_FINISHED;
  }
  const { blocked = [] } = begin.index;
  // The end of a complete backfill gives a watermark to every object that it could read.
  const read = OBJECT_NAMES.filter((name) => !blocked.includes(name));
  if (read.some((name) => begin.index.watermarks[name] === undefined)) return NEVER_FINISHED;
  if (begin.index.selectionChange !== null) return `what is indexed has changed: ${begin.index.selectionChange}`;
  const { missed = [] } = begin.index;
  if (missed.length > 0) return missedReason(missed);
  if (state.completeNext !== null) return state.completeNext;
  const oldest = oldestWatermark(read.map((name) => begin.index.watermarks[name]));
  if (oldest !== null && Date.parse(begin.orgTime) - Date.parse(oldest) > RECYCLE_BIN_MS) {
    return `the last successful run is more than ${RECYCLE_BIN_MS / 86_400_000} days ago, longer than Salesforce keeps deleted records`;
  }
  const frequency = begin.completeBackfillFrequency;
  if (run - rhythmBefore(state, run) >= frequency)
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
  state: Pick<ConnectionState, 'rhythmRun'>,
  completeBackfillFrequency: number,
  run: number,
): number {
  return Math.max(rhythmBefore(state, run) + completeBackfillFrequency, run + 1);
}

/** The run that set the rhythm. One that is still to come, for numbers were made up, set none. */
function rhythmBefore({ rhythmRun }: Pick<ConnectionState, 'rhythmRun'>, run: number): number {
  return rhythmRun !== null && rhythmRun <= run ? rhythmRun : 0;
}

function isAhead({ index }: BeginRun): boolean {
  return typeof index.ahead === 'string';
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
 * The open backfill ended in the index, but its run died before it could say so: nothing is open there, and it is the last
 * that ended; an index that has not noted that yet shows it by its watermarks, which have all reached the backfill's start.
 */
export function endedUnseen(state: ConnectionState, begin: BeginRun): boolean {
  const open = state.openBackfill;
  if (open === null || begin.index.backfill !== null || state.indexId !== begin.index.indexId) return false;
  if (typeof begin.index.lastBackfill === 'string') return begin.index.lastBackfill === open.start;
  const { blocked = [] } = begin.index;
  const read = OBJECT_NAMES.filter((name) => !blocked.includes(name));
  const watermarks = read.map((name) => begin.index.watermarks[name]).filter((at) => at !== undefined);
  return watermarks.length > 0 && watermarks.every((at) => Date.parse(at) >= Date.parse(open.start));
}

function oldestWatermark(watermarks: readonly (string | undefined)[]): string | null {
  const all = watermarks.filter((at) => at !== undefined).toSorted((a, b) => Date.parse(a) - Date.parse(b));
  return all[0] ?? null;
}

function ordinal(n: number): string {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${{ 1: 'st', 2: 'nd', 3: 'rd' }[n % 10] ?? 'th'}`;
}
