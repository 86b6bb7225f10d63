import type { BackfillPosition } from '../src/index/port.ts';
import type { ObjectName } from '../src/objects/index.ts';
import { backfillSlice, SLICE_CHARACTERS } from '../src/sync/backfill-slice.ts';
import { type ChangeStream, readChanges } from '../src/sync/changes.ts';
import { createRunSizes } from '../src/sync/query-sizes.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { type ChangesRead, type ForRun, listedIn, type SliceRead } from './results.ts';
import { runActivity } from './run-activity.ts';

export interface BackfillSlice extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO. */
  readonly start: string;
  /** Where the run believes to be; the index knows better. */
  readonly from: BackfillPosition | null;
}

export interface ReadChanges extends ForRun {
  readonly before: string | null;
  readonly streams: readonly ChangeStream[] | null;
}

export function createRecords(deps: ActivityDeps) {
  const { config, salesforce, selections } = deps;
  const sizesOf = createRunSizes();
  return {
    /** Reads the next slice of an object in a complete backfill. */
    backfillSlice: (input: BackfillSlice): Promise<SliceRead> =>
      runActivity(deps, input, async ({ signal, asked, progress }) => {
        const { run, indexId, organizationId, object, start, from } = input;
        return withIndex(deps, async (index) => {
          const slice = await selections.use(run, signal, (selection) =>
            backfillSlice({
              salesforce,
              index,
              ticket: { run, indexId, organizationId },
              selection,
              object,
              start,
              from,
              sliceRecords: config.sliceRecords,
              sliceCharacters: SLICE_CHARACTERS,
              sizes: sizesOf(run),
              signal,
              progress: (read) => progress({ object, after: from?.after ?? null, read }),
            }),
          );
          return { ...slice, ...listedIn(await index.state()), ...asked() };
        });
      }),

    /** Reads the next round of an incremental pass. */
    readChanges: (input: ReadChanges): Promise<ChangesRead> =>
      runActivity(deps, input, async ({ signal, asked }) => {
        const { run, indexId, organizationId, before, streams } = input;
        return withIndex(deps, async (index) => {
          const changes = await selections.use(run, signal, (selection) =>
            readChanges({
              salesforce,
              index,
              ticket: { run, indexId, organizationId },
              selection,
              before,
              streams,
              limit: config.sliceRecords,
              pageSize: config.pageSize,
              sizes: sizesOf(run),
              guardPercent: config.sweepGuardPercent,
              signal,
            }),
          );
          return { ...changes, ...listedIn(await index.state()), ...asked() };
        });
      }),
  };
}
