import { OBJECT_NAMES } from '../src/objects/index.ts';
import type { ChangesRead } from './activity-contract.ts';
import type { Run } from './run.ts';
import { addCounts, addWarnings, replaceGaps, withOperatorLists } from './run-memo.ts';

/**
 * Reads who may read what, and then what has changed since the watermarks, round by round until no stream has more. An
 * incremental run is one such pass. A complete backfill makes one whenever a tick is due.
 */
export async function incrementalPass(run: Run): Promise<{ contactsClosed: boolean }> {
  const contactsClosed = await refreshMembership(run);
  let before: string | null = null;
  let streams: ChangesRead['streams'] | null = null;
  do {
    const round: ChangesRead = await run.ask(() => run.host.activities.readChanges({ ...run.fence, before, streams }));
    before = round.before;
    streams = round.streams;
    run.show(withRound(run, round));
  } while (streams.length > 0);
  return { contactsClosed };
}

/** Refreshes the membership. Returns whether access to contacts is denied. */
export async function refreshMembership(run: Run): Promise<boolean> {
  const backfillStart = run.plan.backfill?.start ?? null;
  const refreshed = await run.ask(() => run.host.activities.refreshMembership({ ...run.fence, backfillStart }));
  run.show(withOperatorLists(replaceGaps(run.memo(), refreshed), refreshed));
  return refreshed.contactsClosed;
}

function withRound(run: Run, round: ChangesRead) {
  let memo = withOperatorLists(addWarnings(run.memo(), round), round);
  // A backfill's progress counts only the backfill.
  if (run.plan.backfill !== null) return memo;
  for (const object of OBJECT_NAMES) {
    const done = !round.streams.some((stream) => stream.object === object);
    memo = addCounts(memo, object, round.counts[object] ?? {}, done);
  }
  return memo;
}
