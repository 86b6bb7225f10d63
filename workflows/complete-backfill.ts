import { getExternalWorkflowHandle, isCancellation, TemporalFailure } from '@temporalio/workflow';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { activities } from './activity-options.ts';
import { checkpointSignal, connectionWorkflowId, type Positions, type RunPlan } from './contract.ts';
import { incrementalPass, refreshMembership } from './incremental-pass.ts';
import type { Run } from './run.ts';
import { counted, listed } from './run-memo.ts';

/** Where a complete backfill stands, for continue-as-new. */
export interface OpenBackfill {
  readonly positions: Positions;
  readonly contactsClosed: boolean;
  readonly lastPassAtMs: number;
  /** It has ended in the index; what is left is to open contacts. Left out: it has not. */
  readonly ended?: boolean;
}

/**
 * Reads everything again, object by object and slice by slice, then sweeps what is no longer there.
 *
 * @param carried where an earlier execution of this run stood; null: this is the first
 */
export async function completeBackfill(
  run: Run,
  { start, positions: held, allowSweep }: NonNullable<RunPlan['backfill']>,
  carried: OpenBackfill | null,
): Promise<void> {
  const positions: Positions = { ...(carried?.positions ?? held) };
  let contactsClosed = carried?.contactsClosed ?? (await refreshMembership(run));
  let lastPassAtMs = carried?.lastPassAtMs ?? Date.now();

  const reached = (ended = false) =>
    run.reached({ positions: { ...positions }, contactsClosed, lastPassAtMs, ...(ended ? { ended } : {}) });

  if (carried?.ended === true) {
    await refreshMembership(run);
    return;
  }
  reached();
  for (const object of OBJECT_NAMES) {
    while (positions[object]?.done !== true) {
      positions[object] = await readSlice(run, object, start, positions);
      reached();
      if (Date.now() - lastPassAtMs >= run.tickSeconds * 1000) {
        lastPassAtMs = Date.now();
        ({ contactsClosed } = await incrementalPass(run));
        reached();
      }
      await run.continueAsNewIfLong();
    }
  }

  const unswept = await sweep(run, start, allowSweep === true);
  const contactsMixed = contactsClosed && unswept.includes('Contact');
  await activities.endBackfill({ ...run.ticket, contactsMixed });
  if (!contactsClosed || contactsMixed) return;
  reached(true);
  await refreshMembership(run);
}

async function readSlice(run: Run, object: ObjectName, start: string, positions: Positions) {
  const from = positions[object] ?? null;
  const summary = `${object}, ${from?.after ? `after ${from.after}` : 'from the beginning'}`;
  const slice = await run.ask(() =>
    activities.backfillSlice.executeWithOptions({ summary }, [{ ...run.ticket, object, start, from }]),
  );
  const { position, counts } = slice;
  // The position counts all: a worker that died after its commit took its own counts with it.
  const read = position.recordsRead - (run.memo().progress[object]?.read ?? 0);
  run.show(counted(listed(run.memo(), slice), object, { ...counts, read }, position.done));
  try {
    const connection = getExternalWorkflowHandle(connectionWorkflowId(run.ticket.connection));
    await connection.signal(checkpointSignal, { key: run.key, object, position });
  } catch (error) {
    // The connection's workflow was terminated. The index holds the position too, and what is read is read.
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
  }
  return position;
}

/** Sweeps every object; answers those where the guard stopped it. */
async function sweep(run: Run, start: string, allowSweep: boolean): Promise<ObjectName[]> {
  const unswept: ObjectName[] = [];
  for (const object of OBJECT_NAMES) {
    const input = { ...run.ticket, object, start, ...(allowSweep ? { allowSweep } : {}) };
    const swept = await run.ask(() => activities.sweep(input), { mostlyFree: true });
    const { removed, stopped } = swept;
    let memo = counted(listed(run.memo(), swept), object, { removed }, true);
    if (stopped !== null) {
      unswept.push(object);
      const { wouldRemove, of } = stopped;
      const warning = `sweep of ${object} stopped: it would remove ${wouldRemove} of ${of} documents, which looks like lost access; they stay as they were`;
      memo = { ...memo, warnings: [...memo.warnings, warning] };
    }
    run.show(memo);
  }
  return unswept;
}
