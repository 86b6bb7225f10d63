import type { ToldReason } from '../src/facts/reasons.ts';
import { MOST_RUNS_AHEAD } from '../src/index/run-number.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import { tellReason } from '../src/sentences/reasons.ts';
import type { BeginRun, ConnectionState, RunPlan } from './contract.ts';
import { firstReason, nextCompleteRun, reasonsAtBegin, resumableBackfill } from './run-reasons.ts';

/**
 * The number of the run that is admitted now: one more than Temporal and the index know. Where Temporal's number is no
 * number of this index's runs, however many a restored copy lacks, somebody has made it up, and the index's counts.
 */
export function nextRunNumber(known: number, highestInIndex: number): number {
  return (known - highestInIndex > MOST_RUNS_AHEAD ? highestInIndex : Math.max(known, highestInIndex)) + 1;
}

/** A plan before it has its run number, and what it means for the state. */
export interface PlannedRun extends ToldReason {
  readonly kind: RunPlan['kind'];
  readonly backfill: RunPlan['backfill'];
  /** The backfill goes on with the open one. */
  readonly resumes: boolean;
  /** It does not set the cadence: it is complete only because someone asked for it, or reads some objects alone. */
  readonly forced: boolean;
}

/** Decides what a run is to do. Pure. */
export function planRun(state: ConnectionState, begin: BeginRun, run: number): PlannedRun {
  const first = firstReason(reasonsAtBegin(state, begin, run));
  if (first === null) {
    const nextComplete = nextCompleteRun(state, begin.completeBackfillFrequency, run);
    const told = tellReason({ code: 'incremental', nextComplete });
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

/** A backfill that begins now serves every request that waits, and what one of them allows. */
function newBackfill(state: ConnectionState, begin: BeginRun): RunPlan['backfill'] {
  const allowSweep = state.sweepAllowedBy > state.forceRequestsServed;
  return { start: begin.orgTime, positions: {}, ...(allowSweep ? { allowSweep } : {}) };
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
