import type { ObjectName } from '../../../objects/index.ts';
import { isUnreadBy } from '../../model/blocked.ts';
import { mayHaveBeenHidden, sweepEnded } from '../../model/staleness.ts';
import { decideSweep } from '../../model/sweep.ts';
import type { FencingToken } from '../../port/admission.ts';
import type { SweepGuard, SweepResult } from '../../port/backfill.ts';
import { BackfillUnreadError } from '../../port/errors.ts';
import { checkReadToEnd } from './backfill.ts';
import { Batch } from './batch.ts';
import { recount } from './counters.ts';
import { fenced } from './fence.ts';
import { noteVersion, writeStaleness } from './meta.ts';
import type { OpenStore } from './publication.ts';
import { unlistBefore } from './unindexed.ts';
import { unseenDocuments, unseenParents } from './unseen.ts';

const STREAMS = ['records', 'shares'] as const;

/** See `Backfills.sweep`. */
export function sweep(
  store: OpenStore,
  fence: FencingToken,
  object: ObjectName,
  before: number,
  guard: SweepGuard,
): Promise<SweepResult> {
  const { db } = store;
  return fenced(db, fence, async (meta) => {
    if (meta.backfillStart === null || Date.parse(meta.backfillStart) !== before)
      throw new BackfillUnreadError(`none that began at ${new Date(before).toISOString()} is open`);
    if (meta.backfillObjects?.includes(object) === false)
      throw new BackfillUnreadError(`the open one does not read ${object}`);
    checkReadToEnd(db, meta);
    const sweeping = { run: fence.run, start: meta.backfillStart };
    if (STREAMS.some((of) => isUnreadBy(meta.blocked, { object, of }, sweeping.start)))
      return { removed: 0, stopped: null };
    const documents = await collected(unseenDocuments(db, object, before));
    // A count that is too high would let too many documents be removed.
    const of = recount(db, object);
    const wouldRemove = documents.length;
    const { staleness, contacts } = meta;
    const isHidden = mayHaveBeenHidden(staleness, object, sweeping.start);
    const decision = decideSweep({ unseen: wouldRemove, of }, guard, isHidden);
    if (decision === 'nothing') return { removed: 0, stopped: null };
    if (decision === 'stop') {
      const stopped = { wouldRemove, of };
      writeStaleness(db, sweepEnded(staleness, object, stopped, sweeping));
      return { removed: 0, stopped };
    }

    const removesShares = decision === 'documents_and_shares';
    const parents = removesShares ? await collected(unseenParents(db, object, before)) : [];
    noteVersion(db, meta, before);
    const batch = new Batch(store, { contacts, run: fence.run });
    const { removed } = await batch.sweep(object, documents, parents, before);
    unlistBefore(db, object, before);
    if (removesShares) writeStaleness(db, sweepEnded(staleness, object, null, sweeping));
    return { removed, stopped: null };
  });
}

async function collected(pages: AsyncIterable<readonly string[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const ids of pages) for (const id of ids) all.push(id);
  return all;
}
