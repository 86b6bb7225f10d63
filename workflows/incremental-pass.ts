import { OBJECT_NAMES } from '../src/objects/index.ts';
import type { ChangesRead } from './activity-contract.ts';
import { nowClosed } from './memo-gaps.ts';
import type { Run } from './run.ts';
import { counted, listed, warned } from './run-memo.ts';

/**
 * Brings in who may read what, then what has changed since the watermarks, round by round until no stream has more.
 * An incremental run is one such pass; a complete backfill makes one whenever a tick is due.
 */
export async function incrementalPass(run: Run): Promise<{ contactsClosed: boolean }> {
  const contactsClosed = await refreshMembership(run);
  let before: string | null = null;
  let streams: ChangesRead['streams'] | null = null;
  do {
    const round: ChangesRead = await run.ask(() => run.host.activities.readChanges({ ...run.ticket, before, streams }));
    before = round.before;
    streams = round.streams;
    run.show(withRound(run, round));
  } while (streams.length > 0);
  return { contactsClosed };
}

/** Reads who is who and makes it current; answers whether contacts had to be closed. */
export async function refreshMembership(run: Run): Promise<boolean> {
  const backfillStart = run.plan.backfill?.start ?? null;
  const refreshed = await run.ask(() => run.host.activities.refreshMembership({ ...run.ticket, backfillStart }));
  run.show(listed(nowClosed(run.memo(), refreshed), refreshed));
  return refreshed.contactsClosed;
}

function withRound(run: Run, round: ChangesRead) {
  let memo = listed(warned(run.memo(), round), round);
  // A backfill's progress is about the backfill.
  if (run.plan.backfill !== null) return memo;
  for (const object of OBJECT_NAMES) {
    const done = !round.streams.some((stream) => stream.object === object);
    memo = counted(memo, object, round.counts[object] ?? {}, done);
  }
  return memo;
}
