import type { Member, UserName } from '../../access/types.ts';
import type { ObjectName } from '../../objects/index.ts';
import type {
  BackfillOpening,
  IndexState,
  IndexWriter,
  LedgerRange,
  MembershipGeneration,
  ParentRange,
  Removal,
  Sight,
  StoredTables,
  SweepGuard,
  SweepResult,
  Ticket,
  UnindexedRecord,
  Unreached,
  WriteBatch,
  WriteResult,
} from '../port.ts';
import { passEnded, rightsRead } from '../staleness.ts';
import { Batch } from './batch.ts';
import type { Database } from './database.ts';
import { fenced } from './fence.ts';
import { sharedParents, shareLedger } from './ledger.ts';
import { confirmMembership, replaceMembership } from './membership.ts';
import { writeStaleness } from './meta.ts';
import { membershipReadings, membershipTables } from './org-tables.ts';
import { Principals } from './principals.ts';
import { begin, endBackfill, raiseWatermark, readState, refuse, savePosition } from './progress.ts';
import { hasUnmet, sweep } from './sweep.ts';
import { longestUntried } from './unindexed.ts';
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

  begin(ticket: Ticket, backfill: BackfillOpening | null): Promise<void> {
    return begin(this.#db, ticket, backfill);
  }

  refuse(organizationId: string): Promise<void> {
    return refuse(this.#db, organizationId);
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

  endPass(
    ticket: Ticket,
    before: string,
    shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  ): Promise<void> {
    return fenced(this.#db, ticket, ({ staleness }) =>
      writeStaleness(this.#db, passEnded(staleness, shares, { run: ticket.run, before })),
    );
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
      if (batch.position !== undefined) savePosition(this.#db, batch.position);
      if (batch.watermark !== undefined) raiseWatermark(this.#db, batch.watermark.object, batch.watermark.at);
      return result;
    });
  }
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
