import type { Member, UserName } from '../../access/types.ts';
import type { ObjectName } from '../../objects/index.ts';
import type {
  BackfillOpening,
  IndexState,
  IndexWriter,
  LedgerRange,
  MembershipGeneration,
  ParentRange,
  StoredTables,
  SweepResult,
  Ticket,
  Unreached,
  WriteBatch,
  WriteResult,
} from '../port.ts';
import { Batch } from './batch.ts';
import type { Database } from './database.ts';
import { fenced } from './fence.ts';
import { sharedParents, shareLedger } from './ledger.ts';
import { confirmMembership, replaceMembership } from './membership.ts';
import { membershipReadings, membershipTables } from './org-tables.ts';
import { Principals } from './principals.ts';
import { begin, endBackfill, raiseWatermark, readState, refuse, savePosition } from './progress.ts';
import { sweep } from './sweep.ts';
import { unreached } from './unreached.ts';

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

  write(ticket: Ticket, batch: WriteBatch): Promise<WriteResult> {
    return fenced(this.#db, ticket, async (meta) => {
      const result = await new Batch(this.#db, this.#principals, meta.contacts).apply(batch);
      if (batch.position !== undefined) savePosition(this.#db, batch.position);
      if (batch.watermark !== undefined) raiseWatermark(this.#db, batch.watermark.object, batch.watermark.at);
      return result;
    });
  }

  shareLedger(object: ObjectName, range: ParentRange, pieces: number): Promise<LedgerRange[]> {
    return shareLedger(this.#db, object, range, pieces);
  }

  sharedParents(object: ObjectName, range: ParentRange): Promise<string[]> {
    return sharedParents(this.#db, object, range);
  }

  sweep(ticket: Ticket, object: ObjectName, before: number, guardPercent: number): Promise<SweepResult> {
    return sweep(this.#db, this.#principals, ticket, object, before, guardPercent);
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
}
