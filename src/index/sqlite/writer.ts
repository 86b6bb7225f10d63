import type { Member, UserName } from '../../access/types.ts';
import type { ObjectName } from '../../objects/index.ts';
import type {
  Admission,
  BackfillOpening,
  DocumentCounts,
  IndexHealth,
  IndexState,
  IndexWriter,
  KnownQuerySizes,
  LedgerRange,
  MembershipGeneration,
  ParentRange,
  PassNote,
  Removal,
  ShareLook,
  Sight,
  StoredTables,
  StreamNotes,
  SweepGuard,
  SweepResult,
  Ticket,
  UnindexedRecord,
  Unreached,
  WriteBatch,
  WriteResult,
} from '../port.ts';
import { passEnded, rightsRead } from '../staleness.ts';
import { admit, aheadOf } from './admission.ts';
import { Batch } from './batch.ts';
import { readCounts } from './counters.ts';
import type { Database } from './database.ts';
import { fenced } from './fence.ts';
import { sharedParents, shareLedger, shareLedgerAhead } from './ledger.ts';
import { confirmMembership, replaceMembership } from './membership.ts';
import { noteVersion, readQuerySizes, writePass, writeQuerySizes, writeStaleness } from './meta.ts';
import { membershipReadings, membershipTables } from './org-tables.ts';
import { Principals } from './principals.ts';
import {
  begin,
  endBackfill,
  noteLook,
  noteStreams,
  readHealth,
  readState,
  refuse,
  savePosition,
  saveWatermarks,
} from './progress.ts';
import { sweep } from './sweep.ts';
import { longestUntried } from './unindexed.ts';
import { hasUnmet } from './unmet.ts';
import { unreached } from './unreached.ts';

/** Records of one batch that may break it, each of which has it written anew. Where more do, something else is broken. */
const MOST_BROKEN = 20;

/** The writing side on one open file. Calls may overlap: each transaction waits for the one before. */
export class SqliteWriter implements IndexWriter {
  readonly #db: Database;
  readonly #principals: Principals;

  constructor(db: Database) {
    this.#db = db;
    this.#principals = new Principals(db);
  }

  state(): Promise<IndexState> {
    return readState(this.#db);
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

  admit(ticket: Ticket, admission: Admission): Promise<void> {
    return admit(this.#db, ticket, admission);
  }

  begin(ticket: Ticket, backfill: BackfillOpening | null): Promise<void> {
    return begin(this.#db, ticket, backfill);
  }

  refuse(organizationId: string): Promise<void> {
    return refuse(this.#db, organizationId);
  }

  querySizes(): Promise<KnownQuerySizes | null> {
    return this.#db.readingInTurn(() => readQuerySizes(this.#db));
  }

  noteQuerySizes(ticket: Ticket, known: KnownQuerySizes): Promise<void> {
    return fenced(this.#db, ticket, () => writeQuerySizes(this.#db, known));
  }

  async write(ticket: Ticket, batch: WriteBatch): Promise<WriteResult> {
    const broken: Removal[] = [];
    for (;;) {
      const known = broken.length;
      try {
        return await this.#transaction(ticket, without(batch, broken), (removal) => broken.push(removal));
      } catch (error) {
        if (broken.length === known || broken.length > MOST_BROKEN) throw error;
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

  noteLook(ticket: Ticket, object: ObjectName, look: ShareLook, upTo: string | null): Promise<void> {
    return noteLook(this.#db, ticket, object, look, upTo);
  }

  sharedParents(object: ObjectName, range: ParentRange): Promise<string[]> {
    return sharedParents(this.#db, object, range);
  }

  sweep(ticket: Ticket, object: ObjectName, before: number, guard: SweepGuard): Promise<SweepResult> {
    return sweep(this.#db, this.#principals, ticket, object, before, guard);
  }

  hasUnmet(object: ObjectName, before: number): Promise<boolean> {
    return hasUnmet(this.#db, object, before);
  }

  noteRights(ticket: Ticket, sights: Readonly<Partial<Record<ObjectName, Sight>>>, at: string): Promise<void> {
    return fenced(this.#db, ticket, ({ staleness }) =>
      writeStaleness(this.#db, rightsRead(staleness, sights, { run: ticket.run, at })),
    );
  }

  notePass(ticket: Ticket, pass: Omit<PassNote, 'run'>): Promise<void> {
    return fenced(this.#db, ticket, () => writePass(this.#db, { run: ticket.run, ...pass }));
  }

  noteStreams(ticket: Ticket, notes: StreamNotes): Promise<void> {
    return noteStreams(this.#db, ticket, notes);
  }

  endPass(
    ticket: Ticket,
    before: string,
    shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  ): Promise<void> {
    return fenced(this.#db, ticket, ({ staleness }) => {
      writePass(this.#db, { run: ticket.run, before, streams: [] });
      writeStaleness(this.#db, passEnded(staleness, shares, { run: ticket.run, before }));
    });
  }

  endBackfill(ticket: Ticket, { contactsMixed }: { readonly contactsMixed: boolean }): Promise<void> {
    return endBackfill(this.#db, ticket, contactsMixed);
  }

  replaceMembership(
    ticket: Ticket,
    generation: MembershipGeneration,
    members: Iterable<Member>,
    names: Iterable<UserName>,
  ): Promise<{ readonly members: number }> {
    return replaceMembership(this.#db, this.#principals, ticket, generation, members, names);
  }

  unreached(): Promise<Unreached> {
    return unreached(this.#db);
  }

  membershipTables(): Promise<StoredTables | null> {
    return membershipTables(this.#db);
  }

  membershipReadings(): Promise<Omit<StoredTables, 'tables'> | null> {
    return membershipReadings(this.#db);
  }

  confirmMembership(ticket: Ticket, was: number, asOf: number): Promise<boolean> {
    return confirmMembership(this.#db, ticket, was, asOf);
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  /** @param isBroken called before the transaction fails of one record's content, with what to write in its place */
  #transaction(ticket: Ticket, batch: WriteBatch, isBroken: (removal: Removal) => void): Promise<WriteResult> {
    return fenced(this.#db, ticket, async (meta) => {
      const result = await new Batch(this.#db, this.#principals, meta.contacts, ticket.run, isBroken).apply(batch);
      noteVersion(this.#db, meta, highestIn(batch));
      if (batch.position !== undefined) savePosition(this.#db, batch.position);
      if (batch.watermarks !== undefined) saveWatermarks(this.#db, meta, batch.watermarks);
      return result;
    });
  }
}

/** The highest version in a batch; 0: it has none. */
function highestIn({ records = [], removals = [], shares = [] }: WriteBatch): number {
  let highest = 0;
  for (const parts of [records, removals, shares])
    for (const { version } of parts) highest = Math.max(highest, version);
  return highest;
}

/** The batch with these removals in the place of their records. */
function without(batch: WriteBatch, broken: readonly Removal[]): WriteBatch {
  if (broken.length === 0) return batch;
  const ids = new Set(broken.map(({ id }) => id));
  return {
    ...batch,
    records: (batch.records ?? []).filter(({ id }) => !ids.has(id)),
    removals: [...(batch.removals ?? []), ...broken],
  };
}
