import { Context } from '@temporalio/activity';
import type { ObjectName } from '../src/objects/index.ts';
import { tellWarnings } from '../src/sentences/warnings.ts';
import { backfillSlice, SLICE_CHARACTERS } from '../src/sync/backfill-slice.ts';
import { readChanges } from '../src/sync/changes.ts';
import type { QuerySizes } from '../src/sync/query-sizes.ts';
import type { Selection } from '../src/sync/selection.ts';
import type { BackfillSlice, ChangesRead, ReadChanges, SliceRead } from '../workflows/activity-contract.ts';
import type { WorkerDeps } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { listedIn } from './listed-in.ts';
import { withQuerySizes } from './query-sizes.ts';
import { runChecked } from './run-activity.ts';
import type { WithRunIndex } from './run-index.ts';

export function createRecords(deps: WorkerDeps, withRunIndex: WithRunIndex) {
  const { config, runs, watch } = deps;
  return {
    backfillSlice: (given: BackfillSlice): Promise<SliceRead> =>
      runChecked(deps, INPUTS.backfillSlice, given, async (input, work) => {
        const { salesforce, signal, asked, progress } = work;
        const { run, indexId, organizationId, object, start, from } = input;
        await checkAgainstOrg(salesforce, input, { start }, signal);
        const ticket = { run, indexId, organizationId };
        return withRunIndex(input, work, async (index) => {
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
            runs.of(input).use(work, (selection) => read(selection, sizes)),
          );
          watch?.counted(object, slice.counts);
          return { ...slice, ...listedIn(await index.health()), ...asked() };
        });
      }),

    readChanges: (given: ReadChanges): Promise<ChangesRead> =>
      runChecked(deps, INPUTS.readChanges, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        const { run, indexId, organizationId, before, streams } = input;
        const stamps = (streams ?? []).map(({ after }, at) => [`streams[${at}].after.stamp`, after?.stamp ?? null]);
        await checkAgainstOrg(salesforce, input, { before, ...Object.fromEntries(stamps) }, signal);
        const ticket = { run, indexId, organizationId };
        return withRunIndex(input, work, async (index) => {
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
            runs.of(input).use(work, (selection) => read(selection, sizes)),
          );
          for (const [name, counts] of Object.entries(changes.counts)) watch?.counted(name as ObjectName, counts);
          const { warnings = [], ...round } = changes;
          return {
            ...round,
            ...(warnings.length > 0 ? tellWarnings(warnings) : {}),
            ...listedIn(await index.health()),
            ...asked(),
          };
        });
      }),
  };
}
