import type { Explanation } from '../access/explain/explain.ts';
import type { ObjectName } from '../objects/index.ts';

/** Why a user finds a record, or not. */
export interface RecordExplanation extends Explanation {
  readonly user: { readonly id: string; readonly name: string; readonly username: string };
  readonly record: {
    readonly id: string;
    /** By the id's prefix; null: of no indexed object. */
    readonly object: ObjectName | null;
    /** Whatever the user may see; null: the record is not in the index, or has no title. */
    readonly title: string | null;
    /** The org's time as of which the record was read, ISO; null: it is not in the index. */
    readonly indexedAsOf: string | null;
  };
  /** Whether a search as the user finds it. Other than `reads` only while a run is at work, or in a damaged index. */
  readonly finds: boolean;
  /** The org's time as of which it was read who is who, ISO. */
  readonly usersAsOf: string;
}

/** A user whom the search serves. */
export interface ServedUser {
  readonly id: string;
  readonly username: string;
  readonly roleId: string | null;
  /** Users of the same text reach every object in the same way, with the same fields. */
  readonly reach: string;
}

/** Why a record lies at the border of what a user reads. The first five are read, the rest but `random` are not. */
export type Border =
  | 'one way'
  | 'several ways'
  | 'default'
  | 'View All'
  | 'same account'
  | "neighbour's"
  | 'private opportunity'
  | 'contact without account'
  | 'random';

export interface BorderRecord {
  readonly id: string;
  readonly object: ObjectName;
  readonly border: Border;
  /** Whether a search as the user finds it. */
  readonly finds: boolean;
}

/** The side that an operator uses: it shows what no user may see. Everything that one call reads is of one moment. */
export interface IndexInspector {
  /**
   * Explains from the index's own data. Throws `UserNotServedError` for a user who is unknown or ambiguous; one who is
   * inactive or frozen is explained. Throws `SearchRefusedError` as a search does.
   *
   * @param recordId 15 or 18 characters
   */
  explain(recordId: string, options: { readonly as: string }): Promise<RecordExplanation>;
  /** Many at once cost little more than one. */
  explainAll(asked: readonly { readonly recordId: string; readonly as: string }[]): Promise<RecordExplanation[]>;
  /** The one who is named as for a search, or every user whom the search serves. */
  users(named?: string): Promise<ServedUser[]>;
  /**
   * Records at the borders of what the user reads, some `each` of every border where there are so many.
   *
   * @param peers users who are near: what they reach and the user does not is a near miss
   * @param random a whole number from 0 to below its argument: the same ones draw the same records
   */
  borders(
    userId: string,
    options: { readonly each: number; readonly peers: readonly string[]; readonly random: (below: number) => number },
  ): Promise<BorderRecord[]>;
  close(): Promise<void>;
}
