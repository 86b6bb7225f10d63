import { isCancellation, TemporalFailure } from '@temporalio/workflow';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { thousands } from '../src/sentences/numbers.ts';
import { tellWarnings } from '../src/sentences/warnings.ts';
import type { OpenBackfill } from './carried.ts';
import type { Checkpoint, Positions, RunPlan } from './contract.ts';
import { incrementalPass, refreshMembership } from './incremental-pass.ts';
import type { Run } from './run.ts';
import { counted, listed, warned } from './run-memo.ts';

/**
 * Reads everything again (or the objects that the plan names), object by object and slice by slice, then sweeps what is no longer there.
 *
 * @param carried where an earlier execution of this run stood; null: this is the first
 */
export async function completeBackfill(
  run: Run,
  { start, positions: held, allowSweep, objects = OBJECT_NAMES }: NonNullable<RunPlan['backfill']>,
  carried: OpenBackfill | null,
): Promise<void> {
  const positions: Positions = { ...(carried?.positions ?? held) };
  // A backfill of some objects alone must not keep the others waiting.
  const begin = objects === OBJECT_NAMES ? refreshMembership : async () => (await incrementalPass(run)).contactsClosed;
  let contactsClosed = carried?.contactsClosed ?? (await begin(run));
  let lastPassAtMs = carried?.lastPassAtMs ?? run.host.now();

  const reached = (ended = false) =>
    run.reached({ positions: { ...positions }, contactsClosed, lastPassAtMs, ...(ended ? { ended } : {}) });

  if (carried?.ended === true) {
    await refreshMembership(run);
    return;
  }
  reached();
  for (const object of objects) {
    while (positions[object]?.done !== true) {
      positions[object] = await readSlice(run, object, start, positions);
      reached();
      if (run.host.now() - lastPassAtMs >= run.tickSeconds * 1000) {
        lastPassAtMs = run.host.now();
        ({ contactsClosed } = await incrementalPass(run));
        reached();
      }
      await run.continueAsNewIfLong();
    }
  }

  const unswept = await sweep(run, start, objects, allowSweep === true);
  const contactsMixed = contactsClosed && unswept.includes('Contact');
  await run.host.activities.endBackfill({ ...run.ticket, contactsMixed });
  if (!contactsClosed || contactsMixed) return;
  reached(true);
  await refreshMembership(run);
}

async function readSlice(run: Run, object: ObjectName, start: string, positions: Positions) {
  const from = positions[object] ?? null;
  const summary = sliceSummary(object, from?.recordsRead ?? 0, run);
  const slice = await run.ask(() => run.host.activities.backfillSlice({ ...run.ticket, object, start, from }, summary));
  const { position, counts } = slice;
  // The position counts all: a worker that died after its commit took its own counts with it.
  const read = position.recordsRead - (run.memo().progress[object]?.read ?? 0);
  run.show(counted(listed(run.memo(), slice), object, { ...counts, read }, position.done));
  if (run.host.sendsCheckpoints) await sendCheckpoint(run, { key: run.key, object, position });
  return position;
}

/** Only runs that an older version began send it: the index holds the position. */
async function sendCheckpoint(run: Run, checkpoint: Checkpoint): Promise<void> {
  try {
    await run.host.sendCheckpoint(run.ticket.connection, checkpoint);
  } catch (error) {
    // The connection's workflow was terminated.
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
  }
}

/** `Contact 16,000–32,000 of 174,433`; shorter where a run of an older version was not told the slice's size. */
function sliceSummary(object: ObjectName, from: number, { sliceRecords, memo }: Run): string {
  const expected = memo().progress[object]?.expected ?? null;
  const of = expected === null ? '' : ` of ${thousands(expected)}`;
  if (sliceRecords === null) return `${object} from ${thousands(from)}${of}`;
  const to = from + sliceRecords;
  return `${object} ${thousands(from)}–${thousands(expected === null ? to : Math.max(from, Math.min(to, expected)))}${of}`;
}

/** Sweeps the objects; answers those where the guard stopped it. */
async function sweep(
  run: Run,
  start: string,
  objects: readonly ObjectName[],
  allowSweep: boolean,
): Promise<ObjectName[]> {
  const unswept: ObjectName[] = [];
  for (const [at, object] of objects.entries()) {
    const input = { ...run.ticket, object, start, ...(allowSweep ? { allowSweep } : {}) };
    const summary = `${object}, ${at + 1} of ${objects.length}`;
    const swept = await run.ask(() => run.host.activities.sweep(input, summary), { mostlyFree: true });
    const { removed, stopped } = swept;
    let memo = counted(listed(run.memo(), swept), object, { removed }, true);
    if (stopped !== null) {
      unswept.push(object);
      const { wouldRemove, of } = stopped;
      memo = warned(memo, tellWarnings([{ code: 'sweep_stopped', object, wouldRemove, of }]));
    }
    run.show(memo);
  }
  return unswept;
}
