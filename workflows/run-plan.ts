import type { ReasonWithText } from '../src/facts/reasons.ts';
import { MOST_RUNS_AHEAD } from '../src/index/port/admission.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import { withReasonText } from '../src/sentences/reasons.ts';
import type { BeginRun, ConnectionState, RunPlan } from './contract.ts';
import { firstReason, nextCompleteRun, reasonsAtBegin, resumableBackfill } from './run-reasons.ts';

/**
 * Returns the number of the run that is admitted now: one more than Temporal and the index know. Temporal's number may
 * be too high for any run of this index, even for a restored copy that lacks many runs. Then somebody invented it, and
 * the index's number counts.
 */
export function nextRunNumber(known: number, highestInIndex: number): number {
  return (known - highestInIndex > MOST_RUNS_AHEAD ? highestInIndex : Math.max(known, highestInIndex)) + 1;
}

/** A plan before it has its run number, with its effects on the state. */
export interface PlannedRun extends ReasonWithText {
  readonly kind: RunPlan['kind'];
  readonly backfill: RunPlan['backfill'];
  /** The backfill continues the open one. */
  readonly resumes: boolean;
  /** The run does not set the cadence: it is complete only because of a request, or reads only some objects. */
  readonly forced: boolean;
}

/** Decides what a run must do. Pure. */
export function planRun(state: ConnectionState, begin: BeginRun, run: number): PlannedRun {
  const first = firstReason(reasonsAtBegin(state, begin, run));
  if (first === null) {
    const nextComplete = nextCompleteRun(state, begin.completeBackfillFrequency, run);
    const told = withReasonText({ code: 'incremental', nextComplete });
    return { kind: 'incremental', ...told, backfill: null, resumes: false, forced: false };
  }
  const planned = { kind: 'complete', ...first, resumes: false } as const;
  const { openBackfill } = state;
  switch (first.why.code) {
    case 'backfill_resumed': {
      const open = resumableBackfill(state, begin);
      const backfill = open !== null && openBackfill?.allowSweep ? { ...open, allowSweep: true } : open;
      return { ...planned, backfill, resumes: true, forced: openBackfill?.forced ?? false };
    }
    case 'objects_answer_again': {
      // It serves no request.
      const { objects } = first.why;
      return { ...planned, backfill: { start: begin.orgTime, positions: {}, objects }, forced: true };
    }
    case 'backfill_not_in_index':
      return { ...planned, backfill: newBackfill(state, begin), forced: openBackfill?.forced ?? false };
    case 'requested':
      return { ...planned, backfill: newBackfill(state, begin), forced: true };
    default:
      return { ...planned, backfill: newBackfill(state, begin), forced: false };
  }
}

/** Returns a backfill that begins now. It serves every waiting request, and allows what one of them allows. */
function newBackfill(state: ConnectionState, begin: BeginRun): RunPlan['backfill'] {
  const allowSweep = state.sweepAllowedBy > state.forceRequestsServed;
  return { start: begin.orgTime, positions: {}, ...(allowSweep ? { allowSweep } : {}) };
}

/**
 * Reports whether the open backfill ended in the index, but its run died before it could report that. Then nothing is
 * open in the index, and this backfill is the last that ended. An index that has not noted that yet shows it by its
 * watermarks, which have all reached the backfill's start.
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
