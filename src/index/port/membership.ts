import type { OrgTables } from '../../access/tables.ts';
import type { Member, UserName } from '../../access/types.ts';
import type { CoverageGap, TableName } from '../../facts/coverage-gaps.ts';
import type { FieldLists, ObjectName } from '../../objects/index.ts';
import type { FencingToken } from './admission.ts';

/** One version of the membership, with everything that it was computed from. */
export interface MembershipGeneration {
  /**
   * The org's time of the first query behind the generation, as a version. If it is older than the current
   * generation's, the generation is refused (`StaleMembershipError`).
   */
  readonly asOf: number;
  readonly gaps: readonly CoverageGap[];
  /**
   * Every group that the integration user can see. `orphanedPrincipals` counts the documents that carry other groups.
   */
  readonly groups: readonly string[];
  /** Objects whose records are read through share rows, so each record has some. */
  readonly shared: readonly ObjectName[];
  /**
   * The fields that `all` means in the members. Nobody can read a field that is not here, because nobody's right to it
   * was read.
   */
  readonly fields: FieldLists;
  /** The tables that the generation was computed from, stored with it for the next run and for explanations. */
  readonly tables: OrgTables;
  readonly readings: TableReadings;
}

/** How a table was read. From this the next run decides whether to read it again. */
export interface TableReading {
  readonly soql: string;
  /** The org's time just before the rows were requested, as a version. */
  readonly at: number;
  /** The row count and the newest stamp (ISO) that the org gave *before* `at`. Null: it gave no stamp. */
  readonly count: number;
  readonly newest: string | null;
}

/** The readings of the tables whose changes show in a count and a stamp. */
export type TableReadings = Readonly<Partial<Record<TableName, TableReading>>>;

/** The org's tables behind the current membership. */
export interface StoredTables {
  readonly asOf: number;
  readonly tables: OrgTables;
  readonly readings: TableReadings;
}

/** Counts of documents with orphaned principals: some share rows reach nobody. Each count stops at 10,000. */
export interface OrphanedPrincipals {
  /** Documents shared with, or owned by, a group that is not in the current membership's org. */
  readonly byGroups: number;
  /** Documents shared with, or owned by, a user who is not in it. */
  readonly byUsers: number;
  /** Documents with a row of Compliant Data Sharing, which reaches its user and nobody above in the role hierarchy. */
  readonly byCompliantSharing: number;
  /** Objects whose records are read through share rows, and whose share rows are all missing. */
  readonly withoutShares: readonly ObjectName[];
}

/** The membership, and the org's tables behind it. */
export interface MembershipStore {
  /**
   * Writes a new generation of the membership table, and the tables behind it, in chunks, and then makes it current in
   * one step. Rewrites no document. Readers use the old generation until that step.
   */
  replaceMembership(
    fence: FencingToken,
    generation: MembershipGeneration,
    members: Iterable<Member>,
    names: Iterable<UserName>,
  ): Promise<{ readonly members: number }>;

  /**
   * Confirms that the generation of `was` is still true at `asOf`, and moves it to `asOf`. Returns false, and changes
   * nothing, if another generation is current by now or `asOf` is older.
   */
  confirmMembership(fence: FencingToken, was: number, asOf: number): Promise<boolean>;

  /**
   * Returns the tables behind the current generation, as they were given. A missing column may come back as null. Null:
   * there is no generation yet.
   */
  membershipTables(): Promise<StoredTables | null>;

  /** Returns the same without the tables, which may be large. */
  membershipReadings(): Promise<Omit<StoredTables, 'tables'> | null>;

  /** Counts documents with principals that the current membership gives to nobody. Reads no document. */
  orphanedPrincipals(): Promise<OrphanedPrincipals>;
}
