import { Context } from '@temporalio/activity';
import type { ObjectName } from '../src/objects/index.ts';
import { withWarningTexts } from '../src/sentences/warnings.ts';
import { backfillSlices, SLICE_CHARACTERS } from '../src/sync/backfill-slices.ts';
import { readChanges } from '../src/sync/changes.ts';
import type { QuerySizes } from '../src/sync/query-sizes.ts';
import type { ResolvedSchema } from '../src/sync/resolved-schema.ts';
import type { BackfillSlice, ChangesRead, ReadChanges, SliceRead } from '../workflows/activity-contract.ts';
import type { WorkerDeps } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { operatorLists } from './operator-lists.ts';
import { withQuerySizes } from './remember-query-sizes.ts';
import { runChecked } from './run-activity.ts';
import { storedCursor, storedPosition } from './stored-position.ts';
import type { WithRunStore } from './with-run-store.ts';

/** Long enough to read ahead, short enough for an operator to see progress and for an incremental pass in between. */
const SLICES_MS = 60_000;

export function createRecords(deps: WorkerDeps, withRunStore: WithRunStore) {
  const { config, runs, watch, stopping, slicesMs = SLICES_MS } = deps;
  return {
    backfillSlice: (given: BackfillSlice): Promise<SliceRead> =>
      runChecked(deps, INPUTS.backfillSlice, given, async (input, work) => {
        const { salesforce, signal, asked, progress } = work;
        const { run, indexId, organizationId, object, start, from, next = [], passInMs = slicesMs } = input;
        await checkAgainstOrg(salesforce, input, { start }, signal);
        const fence = { run, indexId, organizationId };
        const begun = performance.now();
        const mustEnd = (): boolean => stopping?.aborted === true;
        const mayBegin = (): boolean =>
          performance.now() - begun < Math.min(slicesMs, passInMs) && asked().limit === undefined && !mustEnd();
        return withRunStore(input, work, async (store) => {
          const readSlices = (schema: ResolvedSchema, sizes: QuerySizes) =>
            backfillSlices({
              salesforce,
              store,
              fence,
              schema,
              objects: [object, ...next],
              start,
              from,
              sliceRecords: config.sliceRecords,
              sliceCharacters: SLICE_CHARACTERS,
              sizes,
              signal,
              attempt: Context.current().info.attempt,
              progress: (of, read) =>
                progress({ object: of, ...storedCursor(of === object ? (from?.cursor ?? null) : null), read }),
              mayBegin,
              mustEnd,
            });
          const found = await withQuerySizes(store, fence, (sizes) =>
            runs.of(input).use(work, (schema) => readSlices(schema, sizes)),
          );
          const [first, ...further] = [...found].map(([of, { position, counts }]) => {
            watch?.counted(of, counts);
            return { object: of, position: storedPosition(position), counts };
          });
          if (first === undefined) throw new Error('No object was read.');
          const { object: _, ...read } = first;
          return { ...read, further, ...operatorLists(await store.health()), ...asked() };
        });
      }),

    readChanges: (given: ReadChanges): Promise<ChangesRead> =>
      runChecked(deps, INPUTS.readChanges, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        const { run, indexId, organizationId, before, streams } = input;
        const stamps = (streams ?? []).map(({ after }, at) => [`streams[${at}].after.stamp`, after?.stamp ?? null]);
        await checkAgainstOrg(salesforce, input, { before, ...Object.fromEntries(stamps) }, signal);
        const fence = { run, indexId, organizationId };
        return withRunStore(input, work, async (store) => {
          const read = (schema: ResolvedSchema, sizes: QuerySizes) =>
            readChanges({
              salesforce,
              store,
              fence,
              schema,
              before,
              limit: config.sliceRecords,
              pageSize: config.pageSize,
              sizes,
              guardPercent: config.sweepGuardPercent,
              signal,
              attempt: Context.current().info.attempt,
            });
          const changes = await withQuerySizes(store, fence, (sizes) =>
            runs.of(input).use(work, (schema) => read(schema, sizes)),
          );
          for (const [name, counts] of Object.entries(changes.counts)) watch?.counted(name as ObjectName, counts);
          const { warnings = [], ...round } = changes;
          return {
            ...round,
            ...(warnings.length > 0 ? withWarningTexts(warnings) : {}),
            ...operatorLists(await store.health()),
            ...asked(),
          };
        });
      }),
  };
}
