import { FOUND_REASONS, type FoundReason, type RunReason, type ToldReason } from '../src/facts/reasons.ts';
import { RECYCLE_BIN_MS } from '../src/index/blocked.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { selectionChangedText, tellReason } from '../src/sentences/reasons.ts';
import type { BeginRun, ConnectionState, RunPlan, Watermarks } from './contract.ts';

/**
 * The one order of the reasons for a complete backfill. What an open backfill and the data ask for comes first, then the
 * cadence, then a request: so a backfill that is due anyway sets the cadence even when someone asked for it too.
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
  // One of these three: what an earlier run has found.
  ...FOUND_REASONS,
  'recycle_bin_exceeded',
  'cadence',
  'backfill_not_in_index',
  'requested',
  'objects_answer_again',
] as const satisfies readonly RunReason['code'][];

/** The compiler sees to it that every reason has its place. */
type Unplaced = Exclude<RunReason['code'], (typeof PRECEDENCE)[number] | 'incremental'>;
const PLACES: readonly RunReason['code'][] & ([Unplaced] extends [never] ? unknown : never) = PRECEDENCE;

/** Of the reasons that hold, the one that decides; null: none holds. */
export function firstReason(reasons: readonly ToldReason[]): ToldReason | null {
  const place = ({ why }: ToldReason): number => PLACES.indexOf(why.code);
  return reasons.toSorted((one, other) => place(one) - place(other))[0] ?? null;
}

/** The reasons that the connection's state alone gives for making `run` complete. */
export function reasonsInState(state: ConnectionState, completeBackfillFrequency: number, run: number): ToldReason[] {
  const { completeEver, completeNext, completeNextWhy, forceRequests, forceRequestsServed } = state;
  const isDue = run - cadenceBefore(state, run) >= completeBackfillFrequency;
  return [
    ...(completeEver ? [] : [tellReason({ code: 'never_completed' })]),
    ...(completeNext === null
      ? []
      : [
          {
            reason: completeNext,
            why: isFound(completeNextWhy) ? completeNextWhy : ({ code: 'earlier_version' } as const),
          },
        ]),
    ...(isDue ? [tellReason({ code: 'cadence', frequency: completeBackfillFrequency })] : []),
    ...(forceRequests > forceRequestsServed ? [tellReason({ code: 'requested' })] : []),
  ];
}

/** Whether a run of this version finds it: a message may hold anything. */
function isFound(why: FoundReason | null): why is FoundReason {
  return why !== null && FOUND_REASONS.includes(why.code);
}

/** All reasons for making `run` complete, in no order: those of the state, and those of the index that it begins on. */
export function reasonsAtBegin(state: ConnectionState, begin: BeginRun, run: number): ToldReason[] {
  return [...reasonsInState(state, begin.completeBackfillFrequency, run), ...reasonsInIndex(state, begin)];
}

function reasonsInIndex(state: ConnectionState, begin: BeginRun): ToldReason[] {
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
  // The end of a complete backfill gives a watermark to every object that it could read.
  const watermarks = OBJECT_NAMES.filter((name) => !blocked.includes(name)).map((name) => index.watermarks[name]);
  if (watermarks.some((at) => at === undefined)) reasons.push({ code: 'never_completed' });
  if (missed.length > 0) reasons.push({ code: 'changes_missed', objects: missed });
  const oldest = oldestOf(watermarks);
  if (oldest !== null && Date.parse(orgTime) - oldest > RECYCLE_BIN_MS)
    reasons.push({ code: 'recycle_bin_exceeded', days: RECYCLE_BIN_MS / 86_400_000 });
  if (answering.length > 0) reasons.push({ code: 'objects_answer_again', objects: answering });
  const told = reasons.map(tellReason);
  if (selectionChange === null) return told;
  // The text is whole where an older worker, or a long list, tells less in values.
  const why = { code: 'selection_changed', changes: selectionChanges } as const;
  return [...told, { reason: selectionChangedText(selectionChange), why }];
}

/**
 * The open backfill that a run goes on with; null: there is none, or the index holds another. The index's positions count: it
 * commits them together with the data.
 */
export function resumableBackfill(state: ConnectionState, begin: BeginRun): RunPlan['backfill'] {
  const { backfill: held, ahead, selectionChange, indexId } = begin.index;
  if (held === null || typeof ahead === 'string' || selectionChange !== null || isBehind(state, begin)) return null;
  const sameIndex = state.indexId === null || state.indexId === indexId;
  // One that is open in the index alone was ended by a message that no run sent, or Temporal has lost its state.
  const sameBackfill = state.openBackfill === null || state.openBackfill.start === held.start;
  return sameIndex && sameBackfill ? held : null;
}

/** The number of the run that is complete by the cadence, seen from a run that is admitted or over. */
export function nextCompleteRun(
  state: Pick<ConnectionState, 'rhythmRun'>,
  completeBackfillFrequency: number,
  run: number,
): number {
  return Math.max(cadenceBefore(state, run) + completeBackfillFrequency, run + 1);
}

/** The run that set the cadence. One that is still to come, for numbers were made up, set none. */
function cadenceBefore({ rhythmRun }: Pick<ConnectionState, 'rhythmRun'>, run: number): number {
  return rhythmRun !== null && rhythmRun <= run ? rhythmRun : 0;
}

/** Something that Temporal knows to be in the index is not there: the file was restored from a copy. */
function isBehind(state: ConnectionState, begin: BeginRun): boolean {
  return OBJECT_NAMES.some((object: ObjectName) => {
    const known = state.watermarks[object];
    const held = begin.index.watermarks[object];
    return known !== undefined && (held === undefined || Date.parse(held) < Date.parse(known));
  });
}

/** In milliseconds since 1970; null: there is none. */
function oldestOf(watermarks: readonly Watermarks[ObjectName][]): number | null {
  const times = watermarks.filter((at) => at !== undefined).map((at) => Date.parse(at));
  return times.length === 0 ? null : Math.min(...times);
}
