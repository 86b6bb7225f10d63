import { isCancellation, TemporalFailure } from '@temporalio/workflow';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { thousands } from '../src/sentences/numbers.ts';
import { withWarningTexts } from '../src/sentences/warnings.ts';
import type { BackfillSlice } from './activity-contract.ts';
import type { OpenBackfill } from './carried.ts';
import type { Checkpoint, Positions, RunPlan } from './contract.ts';
import { incrementalPass, refreshMembership } from './incremental-pass.ts';
import type { Run } from './run.ts';
import { addCounts, addWarnings, withOperatorLists } from './run-memo.ts';

/**
 * Reads everything again (or the objects in the plan), object by object and slice by slice, and then sweeps what no
 * longer exists.
 *
 * @param carried the progress of an earlier execution of this run; null: this is the first
 */
export async function completeBackfill(
  run: Run,
  { start, positions: held, allowSweep, objects = OBJECT_NAMES }: NonNullable<RunPlan['backfill']>,
  carried: OpenBackfill | null,
): Promise<void> {
  const positions: Positions = { ...(carried?.positions ?? held) };
  // A backfill of a few objects must not delay the others.
  const begin = objects === OBJECT_NAMES ? refreshMembership : async () => (await incrementalPass(run)).contactsClosed;
  let contactsClosed = carried?.contactsClosed ?? (await begin(run));
  let lastPassAtMs = carried?.lastPassAtMs ?? run.host.now();

  const passDueAtMs = () => lastPassAtMs + run.tickSeconds * 1000;
  const keepBackfill = (ended = false) =>
    run.keepBackfill({ positions: { ...positions }, contactsClosed, lastPassAtMs, ...(ended ? { ended } : {}) });

  if (carried?.ended === true) {
    await refreshMembership(run);
    return;
  }
  keepBackfill();
  for (const [at, object] of objects.entries()) {
    while (positions[object]?.done !== true) {
      const next = objects.slice(at + 1).filter((each) => positions[each] === undefined);
      const passInMs = Math.max(0, passDueAtMs() - run.host.now());
      Object.assign(positions, await readSlices(run, { object, next, passInMs }, start, positions));
      keepBackfill();
      if (run.host.now() >= passDueAtMs()) {
        lastPassAtMs = run.host.now();
        ({ contactsClosed } = await incrementalPass(run));
        keepBackfill();
      }
      await run.continueAsNewIfLong();
    }
  }

  const unswept = await sweep(run, start, objects, allowSweep === true);
  const contactsMixed = contactsClosed && unswept.includes('Contact');
  // A new execution would sweep again, and the index refuses a sweep after the end.
  await run.callEngine(() => run.host.activities.endBackfill({ ...run.fence, contactsMixed }));
  if (!contactsClosed || contactsMixed) return;
  keepBackfill(true);
  await refreshMembership(run);
}

/** Reads slices of the object, and if time is left, of the objects after it. Returns their positions. */
async function readSlices(
  run: Run,
  { object: first, ...further }: Pick<BackfillSlice, 'object' | 'next' | 'passInMs'>,
  start: string,
  before: Positions,
): Promise<Positions> {
  const from = before[first] ?? null;
  const summary = sliceSummary(first, from?.recordsRead ?? 0, run);
  const input = { ...run.fence, object: first, start, from, ...further };
  const slices = await run.ask(() => run.host.activities.backfillSlice(input, summary));
  const positions: Positions = {};
  let memo = withOperatorLists(run.memo(), slices);
  for (const { object, position, counts } of [{ ...slices, object: first }, ...(slices.further ?? [])]) {
    // The position counts everything. A worker that died after its commit took its own counts with it.
    const read = position.recordsRead - (memo.progress[object]?.read ?? 0);
    memo = addCounts(memo, object, { ...counts, read }, position.done);
    positions[object] = position;
  }
  run.show(memo);
  if (run.host.sendsCheckpoints) {
    const { position } = slices;
    await sendCheckpoint(run, { key: run.key, object: first, position });
  }
  return positions;
}

/** Only for runs that an older version began: the index has the position. */
async function sendCheckpoint(run: Run, checkpoint: Checkpoint): Promise<void> {
  try {
    await run.host.sendCheckpoint(run.fence.connection, checkpoint);
  } catch (error) {
    // The connection's workflow was terminated.
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
  }
}

/** Returns a summary: `Contact from 16,000 of 174,433`. */
function sliceSummary(object: ObjectName, from: number, { memo }: Run): string {
  const expected = memo().progress[object]?.expected ?? null;
  return `${object} from ${thousands(from)}${expected === null ? '' : ` of ${thousands(expected)}`}`;
}

/** Sweeps the objects. Returns those whose sweep the guard stopped. */
async function sweep(
  run: Run,
  start: string,
  objects: readonly ObjectName[],
  allowSweep: boolean,
): Promise<ObjectName[]> {
  const unswept: ObjectName[] = [];
  for (const [at, object] of objects.entries()) {
    const input = { ...run.fence, object, start, ...(allowSweep ? { allowSweep } : {}) };
    const summary = `${object}, ${at + 1} of ${objects.length}`;
    const swept = await run.ask(() => run.host.activities.sweep(input, summary), { mostlyFree: true });
    const { removed, stopped } = swept;
    let memo = addCounts(withOperatorLists(run.memo(), swept), object, { removed }, true);
    if (stopped !== null) {
      unswept.push(object);
      const { wouldRemove, of } = stopped;
      memo = addWarnings(memo, withWarningTexts([{ code: 'sweep_stopped', object, wouldRemove, of }]));
    }
    run.show(memo);
  }
  return unswept;
}
