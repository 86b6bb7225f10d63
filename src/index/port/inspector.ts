import type { Explanation } from '../../access/explain/explain.ts';
import type { ObjectName } from '../../objects/index.ts';
import type { AsUser } from './reader.ts';

/** Why a user can or cannot find a record. */
export interface RecordExplanation extends Explanation {
  readonly user: { readonly id: string; readonly name: string; readonly username: string };
  readonly record: {
    readonly id: string;
    /** From the id's prefix. Null: not an indexed object. */
    readonly object: ObjectName | null;
    /** The title, regardless of what the user may see. Null: the record is not in the index, or has no title. */
    readonly title: string | null;
    /** The org's time when the record was read, ISO. Null: it is not in the index. */
    readonly indexedAsOf: string | null;
  };
  /** Whether a search as the user finds it. Differs from `reads` only during a run, or in a damaged index. */
  readonly finds: boolean;
  /** The org's time of the membership that was used, ISO. */
  readonly usersAsOf: string;
}

/** A user whom searches serve. */
export interface ServedUser {
  readonly id: string;
  readonly username: string;
  readonly roleId: string | null;
  /** Users with the same text have the same access to every object, and to the same fields. */
  readonly reach: string;
}

/**
 * Why a record is near the border of what a user can read. The user can read the first four kinds, and not the others.
 */
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

/** The side of the index that an operator uses: it shows what no user may see. Each call reads one consistent state. */
export interface IndexInspector {
  /**
   * Explains from the index's own data. Throws `UserNotServedError` for an unknown or ambiguous user; explains inactive
   * and frozen ones. Throws `SearchRefusedError` as a search does.
   *
   * @param recordId 15 or 18 characters
   */
  explain(recordId: string, options: AsUser): Promise<RecordExplanation>;
  /** Explains several records. Many at once cost little more than one. */
  explainAll(asked: readonly { readonly recordId: string; readonly as: string }[]): Promise<RecordExplanation[]>;
  /** Returns the user named as in a search. Without a name, returns every user whom searches serve. */
  users(named?: string): Promise<ServedUser[]>;
  /**
   * Returns records at the borders of what the user can read, about `each` per border if there are enough.
   *
   * @param peers users with similar access: what they can read and the user cannot is a near miss
   * @param random returns a whole number from 0 to below its argument; the same numbers draw the same records
   */
  borders(
    userId: string,
    options: { readonly each: number; readonly peers: readonly string[]; readonly random: (below: number) => number },
  ): Promise<BorderRecord[]>;
  close(): Promise<void>;
}
