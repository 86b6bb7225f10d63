import { FOUND_REASONS, type FoundReason, type ReasonWithText, type RunReason } from '../src/facts/reasons.ts';
import { RECYCLE_BIN_MS } from '../src/index/model/blocked.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { schemaChangedText, withReasonText } from '../src/sentences/reasons.ts';
import type { BeginRun, ConnectionState, RunPlan, Watermarks } from './contract.ts';

/**
 * The only order of the reasons for a complete backfill. First what an open backfill and the data require, then the
 * cadence, then a request, and last objects that can be read again. So a backfill that is due anyway sets the cadence,
 * even if somebody also requested it.
 */
const PRECEDENCE = [
  'backfill_resumed',
  'index_ahead',
  'index_replaced',
  'index_restored',
  'connection_lost',
  'never_completed',
  'selection_changed',
  'changes_missed',
  // At most one of these three: what an earlier run has found.
  ...FOUND_REASONS,
  'recycle_bin_exceeded',
  'cadence',
  'backfill_not_in_index',
  'requested',
  'objects_answer_again',
] as const satisfies readonly RunReason['code'][];

/** The compiler ensures that every reason has its place. */
type Unplaced = Exclude<RunReason['code'], (typeof PRECEDENCE)[number] | 'incremental'>;
const PLACES: readonly RunReason['code'][] & ([Unplaced] extends [never] ? unknown : never) = PRECEDENCE;

/** Returns the reason that decides, out of those that apply. Null: none applies. */
export function firstReason(reasons: readonly ReasonWithText[]): ReasonWithText | null {
  const place = ({ why }: ReasonWithText): number => PLACES.indexOf(why.code);
  return reasons.toSorted((one, other) => place(one) - place(other))[0] ?? null;
}

/** Returns the reasons in the connection's state for making `run` complete. */
export function reasonsInState(
  state: ConnectionState,
  completeBackfillFrequency: number,
  run: number,
): ReasonWithText[] {
  const { completeEver, completeNext, completeNextWhy, forceRequests, forceRequestsServed } = state;
  const isDue = run - cadenceBefore(state, run) >= completeBackfillFrequency;
  return [
    ...(completeEver ? [] : [withReasonText({ code: 'never_completed' })]),
    ...(completeNext === null
      ? []
      : [
          {
            reason: completeNext,
            why: isFound(completeNextWhy) ? completeNextWhy : ({ code: 'earlier_version' } as const),
          },
        ]),
    ...(isDue ? [withReasonText({ code: 'cadence', frequency: completeBackfillFrequency })] : []),
    ...(forceRequests > forceRequestsServed ? [withReasonText({ code: 'requested' })] : []),
  ];
}

/** Reports whether runs of this version find the reason. A message may contain anything. */
function isFound(why: FoundReason | null): why is FoundReason {
  return why !== null && FOUND_REASONS.includes(why.code);
}

/**
 * Returns all reasons for making `run` complete, in no order: those in the state, and those in the index that it begins
 * with.
 */
export function reasonsAtBegin(state: ConnectionState, begin: BeginRun, run: number): ReasonWithText[] {
  return [...reasonsInState(state, begin.completeBackfillFrequency, run), ...reasonsInIndex(state, begin)];
}

function reasonsInIndex(state: ConnectionState, begin: BeginRun): ReasonWithText[] {
  const { orgTime, index } = begin;
  const { ahead, selectionChange, selectionChanges = [], missed = [], blocked = [], answering = [] } = index;
  const reasons: RunReason[] = [];
  if (resumableBackfill(state, begin) !== null)
    reasons.push({ code: 'backfill_resumed', beganRun: state.openBackfill?.beganRun ?? null });
  else if (state.openBackfill !== null)
    reasons.push({ code: 'backfill_not_in_index', beganRun: state.openBackfill.beganRun });
  if (typeof ahead === 'string') reasons.push({ code: 'index_ahead', latest: ahead });
  if (state.indexId !== null && state.indexId !== index.indexId) reasons.push({ code: 'index_replaced' });
  if (state.indexId !== null && isBehind(state, begin)) reasons.push({ code: 'index_restored' });
  if (!state.completeEver && state.runNumber === 0 && index.highestRun > 0) reasons.push({ code: 'connection_lost' });
  // When a complete backfill ends, every object that it could read gets a watermark.
  const watermarks = OBJECT_NAMES.filter((name) => !blocked.includes(name)).map((name) => index.watermarks[name]);
  if (watermarks.some((at) => at === undefined)) reasons.push({ code: 'never_completed' });
  if (missed.length > 0) reasons.push({ code: 'changes_missed', objects: missed });
  const oldest = oldestOf(watermarks);
  if (oldest !== null && Date.parse(orgTime) - oldest > RECYCLE_BIN_MS)
    reasons.push({ code: 'recycle_bin_exceeded', days: RECYCLE_BIN_MS / 86_400_000 });
  if (answering.length > 0) reasons.push({ code: 'objects_answer_again', objects: answering });
  const told = reasons.map(withReasonText);
  if (selectionChange === null) return told;
  // The text is complete even if an older worker, or a long list, gave fewer values.
  const why = { code: 'selection_changed', changes: selectionChanges } as const;
  return [...told, { reason: schemaChangedText(selectionChange), why }];
}

/**
 * Returns the open backfill that a run resumes. Null: there is none, or the index has another. Uses the index's
 * positions, because it commits them together with the data.
 */
export function resumableBackfill(state: ConnectionState, begin: BeginRun): RunPlan['backfill'] {
  const { backfill: held, ahead, selectionChange, indexId } = begin.index;
  if (held === null || typeof ahead === 'string' || selectionChange !== null || isBehind(state, begin)) return null;
  const sameIndex = state.indexId === null || state.indexId === indexId;
  // If only the index has an open backfill, a message that no run sent ended it elsewhere, or Temporal lost its state.
  const sameBackfill = state.openBackfill === null || state.openBackfill.start === held.start;
  return sameIndex && sameBackfill ? held : null;
}

/**
 * Returns the number of the next run that is complete by the cadence, from the view of a run that is admitted or over.
 */
export function nextCompleteRun(
  state: Pick<ConnectionState, 'rhythmRun'>,
  completeBackfillFrequency: number,
  run: number,
): number {
  return Math.max(cadenceBefore(state, run) + completeBackfillFrequency, run + 1);
}

/** Returns the run that set the cadence. A number that is still to come was invented, and sets none. */
function cadenceBefore({ rhythmRun }: Pick<ConnectionState, 'rhythmRun'>, run: number): number {
  return rhythmRun !== null && rhythmRun <= run ? rhythmRun : 0;
}

/** Reports whether the index lacks something that Temporal knows it had. Then the file was restored from a copy. */
function isBehind(state: ConnectionState, begin: BeginRun): boolean {
  return OBJECT_NAMES.some((object: ObjectName) => {
    const known = state.watermarks[object];
    const held = begin.index.watermarks[object];
    return known !== undefined && (held === undefined || Date.parse(held) < Date.parse(known));
  });
}

/** Returns the oldest watermark in milliseconds since 1970. Null: there is none. */
function oldestOf(watermarks: readonly Watermarks[ObjectName][]): number | null {
  const times = watermarks.filter((at) => at !== undefined).map((at) => Date.parse(at));
  return times.length === 0 ? null : Math.min(...times);
}
