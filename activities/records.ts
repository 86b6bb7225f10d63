import { Context } from '@temporalio/activity';
import type { BackfillPosition, ChangeStream } from '../src/index/port.ts';
import type { ObjectName } from '../src/objects/index.ts';
import { backfillSlice, SLICE_CHARACTERS } from '../src/sync/backfill-slice.ts';
import { readChanges } from '../src/sync/changes.ts';
import type { QuerySizes } from '../src/sync/query-sizes.ts';
import type { Selection } from '../src/sync/selection.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { withQuerySizes } from './query-sizes.ts';
import { type ChangesRead, type ForRun, listedIn, type SliceRead } from './results.ts';
import { runChecked } from './run-activity.ts';

export interface BackfillSlice extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO. */
  readonly start: string;
  /** Where the run believes to be; the index knows better. */
  readonly from: BackfillPosition | null;
}

export interface ReadChanges extends ForRun {
  /** The upper bound of the pass that goes on; null: the first round. */
  readonly before: string | null;
  /** Where the run believes the pass to be; the index knows better. */
  readonly streams: readonly ChangeStream[] | null;
}

export function createRecords(deps: ActivityDeps) {
  const { config, salesforce, selections, watch } = deps;
  return {
    /** Reads the next slice of an object in a complete backfill. */
    backfillSlice: (given: BackfillSlice): Promise<SliceRead> =>
      runChecked(deps, INPUTS.backfillSlice, given, async (input, { signal, asked, progress }) => {
        const { run, indexId, organizationId, object, start, from } = input;
        await checkAgainstOrg(salesforce, input, { start }, signal);
        const ticket = { run, indexId, organizationId };
        return withIndex(deps, async (index) => {
          const read = (selection: Selection, sizes: QuerySizes) =>
            backfillSlice({
              salesforce,
              index,
              ticket,
              selection,
              object,
              start,
              from,
              sliceRecords: config.sliceRecords,
              sliceCharacters: SLICE_CHARACTERS,
              sizes,
              signal,
              attempt: Context.current().info.attempt,
              progress: (read) => progress({ object, after: from?.after ?? null, read }),
            });
          const slice = await withQuerySizes(index, ticket, (sizes) =>
            selections.use(run, signal, (selection) => read(selection, sizes)),
          );
          watch?.counted(object, slice.counts);
          return { ...slice, ...listedIn(await index.state()), ...asked() };
        });
      }),

    /** Reads the next round of an incremental pass. */
    readChanges: (given: ReadChanges): Promise<ChangesRead> =>
      runChecked(deps, INPUTS.readChanges, given, async (input, { signal, asked }) => {
        const { run, indexId, organizationId, before, streams } = input;
        const stamps = (streams ?? []).map(({ after }, at) => [`streams[${at}].after.stamp`, after?.stamp ?? null]);
        await checkAgainstOrg(salesforce, input, { before, ...Object.fromEntries(stamps) }, signal);
        const ticket = { run, indexId, organizationId };
        return withIndex(deps, async (index) => {
          const read = (selection: Selection, sizes: QuerySizes) =>
            readChanges({
              salesforce,
              index,
              ticket,
              selection,
              before,
              limit: config.sliceRecords,
              pageSize: config.pageSize,
              sizes,
              guardPercent: config.sweepGuardPercent,
              signal,
              attempt: Context.current().info.attempt,
            });
          const changes = await withQuerySizes(index, ticket, (sizes) =>
            selections.use(run, signal, (selection) => read(selection, sizes)),
          );
          for (const [name, counts] of Object.entries(changes.counts)) watch?.counted(name as ObjectName, counts);
          return { ...changes, ...listedIn(await index.state()), ...asked() };
        });
      }),
  };
}
