import type { Member, UserName } from '../../../access/types.ts';
import type { UnindexedRecord } from '../../../facts/unindexed.ts';
import type { IndexedFields, ObjectName } from '../../../objects/index.ts';
import { passEnded, rightsRead } from '../../model/staleness.ts';
import type { Admission, FencingToken } from '../../port/admission.ts';
import type { BackfillOpening, SweepGuard, SweepResult } from '../../port/backfill.ts';
import type { TakenBatch, WriteBatch, WriteResult } from '../../port/documents.ts';
import { DocumentsRefusedError, type RefusedDocument } from '../../port/errors.ts';
import type { LedgerRange, ParentRange, ShareLook } from '../../port/ledger.ts';
import type { MembershipGeneration, OrphanedPrincipals, StoredTables } from '../../port/membership.ts';
import type { KnownQuerySizes, PassNote, StreamNotes } from '../../port/progress.ts';
import type { RunStore } from '../../port/run-store.ts';
import type { DocumentCounts, IndexHealth, IndexState } from '../../port/state.ts';
import type { ObjectVisibility } from '../../port/visibility.ts';
import type { Database } from '../file/database.ts';
import { admit, aheadOf } from './admission.ts';
import { begin, endBackfill, refuse, savePosition } from './backfill.ts';
import { Batch } from './batch.ts';
import { readCounts } from './counters.ts';
import { fenced } from './fence.ts';
import { readIndexed } from './indexed-fields.ts';
import { sharedParents, shareLedger, shareLedgerAhead } from './ledger.ts';
import { confirmMembership, replaceMembership } from './membership.ts';
import { noteVersion, readQuerySizes, writePass, writeQuerySizes, writeStaleness } from './meta.ts';
import { membershipReadings, membershipTables } from './org-tables.ts';
import { orphanedPrincipals } from './orphaned-principals.ts';
import type { OpenStore } from './publication.ts';
import { checkFew, removalsFor } from './refusal.ts';
import { readHealth, readState } from './state.ts';
import { noteLook, noteStreams, saveWatermarks } from './streams.ts';
import { sweep } from './sweep.ts';
import { longestUntried } from './unindexed.ts';
import { hasUnseen } from './unseen.ts';

/** The run store on one open file. Calls may overlap: each transaction waits for the one before. */
export class SqliteRunStore implements RunStore {
  readonly #db: Database;
  readonly #store: OpenStore;

  constructor(store: OpenStore) {
    this.#db = store.db;
    this.#store = store;
  }

  state(): Promise<IndexState> {
    return readState(this.#db);
  }

  indexed(): Promise<IndexedFields> {
    return this.#db.readingInTurn(() => readIndexed(this.#db));
  }

  health(): Promise<IndexHealth> {
    return readHealth(this.#db);
  }

  counts(): Promise<DocumentCounts> {
    return this.#db.readingInTurn(() => readCounts(this.#db));
  }

  aheadOf(now: string): Promise<string | null> {
    return aheadOf(this.#db, now);
  }

  async admit(fence: FencingToken, admission: Admission): Promise<number> {
    await admit(this.#db, fence, admission);
    return this.#store.publication.claim(this.#store);
  }

  begin(fence: FencingToken, backfill: BackfillOpening | null): Promise<void> {
    return this.#settled(() => begin(this.#store, fence, backfill));
  }

  refuse(organizationId: string): Promise<void> {
    return this.#settled(() => refuse(this.#store, organizationId));
  }

  querySizes(): Promise<KnownQuerySizes | null> {
    return this.#db.readingInTurn(() => readQuerySizes(this.#db));
  }

  noteQuerySizes(fence: FencingToken, known: KnownQuerySizes): Promise<void> {
    return fenced(this.#db, fence, () => writeQuerySizes(this.#db, known));
  }

  async take(batch: WriteBatch): Promise<TakenBatch> {
    return { write: (fence) => this.write(fence, batch) };
  }

  async write(fence: FencingToken, batch: WriteBatch): Promise<WriteResult> {
    const refused = new Map<string, RefusedDocument>();
    // Each refusal makes the batch start again.
    for (;;) {
      try {
        return await this.#published(() => this.#writeOnce(fence, batch, refused));
      } catch (error) {
        if (!(error instanceof DocumentsRefusedError)) throw error;
        const known = refused.size;
        for (const each of error.refused) refused.set(each.id, each);
        if (refused.size === known) throw error;
        checkFew([...refused.values()]);
      }
    }
  }

  unindexed(objects: readonly ObjectName[], limit: number): Promise<UnindexedRecord[]> {
    return longestUntried(this.#db, objects, limit);
  }

  shareLedger(object: ObjectName, range: ParentRange, pieces: number): Promise<LedgerRange[]> {
    return shareLedger(this.#db, object, range, pieces);
  }

  shareLedgerAhead(object: ObjectName, range: ParentRange, rows: number, most: number | null): Promise<LedgerRange[]> {
    return shareLedgerAhead(this.#db, object, range, rows, most);
  }

  noteLook(fence: FencingToken, object: ObjectName, look: ShareLook, upTo: string | null): Promise<void> {
    return noteLook(this.#db, fence, object, look, upTo);
  }

  sharedParents(object: ObjectName, range: ParentRange): Promise<string[]> {
    return sharedParents(this.#db, object, range);
  }

  sweep(fence: FencingToken, object: ObjectName, before: number, guard: SweepGuard): Promise<SweepResult> {
    return this.#published(() => sweep(this.#store, fence, object, before, guard));
  }

  hasUnseen(object: ObjectName, before: number): Promise<boolean> {
    return hasUnseen(this.#db, object, before);
  }

  noteRights(
    fence: FencingToken,
    visibility: Readonly<Partial<Record<ObjectName, ObjectVisibility>>>,
    at: string,
  ): Promise<void> {
    return fenced(this.#db, fence, ({ staleness }) =>
      writeStaleness(this.#db, rightsRead(staleness, visibility, { run: fence.run, at })),
    );
  }

  notePass(fence: FencingToken, pass: Omit<PassNote, 'run'>): Promise<void> {
    return fenced(this.#db, fence, () => writePass(this.#db, { run: fence.run, ...pass }));
  }

  noteStreams(fence: FencingToken, notes: StreamNotes): Promise<void> {
    return noteStreams(this.#db, fence, notes);
  }

  endPass(
    fence: FencingToken,
    before: string,
    shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  ): Promise<void> {
    return this.#settled(() =>
      fenced(this.#db, fence, ({ staleness }) => {
        writePass(this.#db, { run: fence.run, before, streams: [] });
        writeStaleness(this.#db, passEnded(staleness, shares, { run: fence.run, before }));
      }),
    );
  }

  endBackfill(fence: FencingToken, { contactsMixed }: { readonly contactsMixed: boolean }): Promise<void> {
    return this.#settled(() => endBackfill(this.#db, fence, contactsMixed));
  }

  replaceMembership(
    fence: FencingToken,
    generation: MembershipGeneration,
    members: Iterable<Member>,
    names: Iterable<UserName>,
  ): Promise<{ readonly members: number }> {
    return this.#published(() => replaceMembership(this.#store, fence, generation, members, names));
  }

  orphanedPrincipals(): Promise<OrphanedPrincipals> {
    return orphanedPrincipals(this.#store);
  }

  membershipTables(): Promise<StoredTables | null> {
    return membershipTables(this.#db);
  }

  membershipReadings(): Promise<Omit<StoredTables, 'tables'> | null> {
    return membershipReadings(this.#db);
  }

  confirmMembership(fence: FencingToken, was: number, asOf: number): Promise<boolean> {
    return confirmMembership(this.#db, fence, was, asOf);
  }

  async close(): Promise<void> {
    await this.#store.publication.close();
    this.#db.close();
  }

  /** Does work that changes what searches find. Searches may see it later: see `#settled`. */
  #published<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#followedBy('flush', work);
  }

  /** Does work, and returns its result once searches see it, and everything that was committed before. */
  #settled<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#followedBy('settle', work);
  }

  async #followedBy<Result>(sending: 'flush' | 'settle', work: () => Promise<Result>): Promise<Result> {
    const { publication } = this.#store;
    await publication.check();
    const result = await work();
    await publication[sending](this.#store);
    return result;
  }

  #writeOnce(
    fence: FencingToken,
    batch: WriteBatch,
    refused: ReadonlyMap<string, RefusedDocument>,
  ): Promise<WriteResult> {
    const db = this.#db;
    return fenced(db, fence, async (meta) => {
      const whole = withoutRefused(db, batch, refused);
      const result = await new Batch(this.#store, { contacts: meta.contacts, run: fence.run }).apply(whole);
      noteVersion(db, meta, highestIn(whole));
      if (batch.position !== undefined) savePosition(db, batch.position);
      if (batch.watermarks !== undefined) saveWatermarks(db, meta, batch.watermarks);
      return result;
    });
  }
}

/** Returns the highest version in a batch. 0: the batch is empty. */
function highestIn({ records = [], removals = [], shares = [] }: WriteBatch): number {
  let highest = 0;
  for (const parts of [records, removals, shares])
    for (const { version } of parts) highest = Math.max(highest, version);
  return highest;
}

/** Returns the batch with removals in place of the refused documents. */
function withoutRefused(db: Database, batch: WriteBatch, refused: ReadonlyMap<string, RefusedDocument>): WriteBatch {
  if (refused.size === 0) return batch;
  const { records = [], removals = [] } = batch;
  return {
    ...batch,
    records: records.filter(({ id }) => !refused.has(id)),
    removals: [...removals, ...removalsFor(db, refused.values(), records)],
  };
}
