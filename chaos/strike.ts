/** Where a worker process can be struck, in the middle of its own work. */
export type Point =
  /** A reply of the org has begun. */
  | 'reply'
  /** The same, of a cursor's second page or a later one. */
  | 'continuation'
  /** A write transaction of the index is about to be committed; has just been. */
  | 'before commit'
  | 'after commit'
  /** An activity's work is done, and Temporal does not know it yet. */
  | 'done'
  /** A workflow's continue-as-new is about to be told to Temporal; has just been. */
  | 'before continue-as-new'
  | 'after continue-as-new';

/** What a worker that was started for it does to itself at a point. */
export interface Strike {
  readonly point: Point;
  /** The type of the activity, or of the workflow at continue-as-new. */
  readonly in: string;
  /** At the so manieth time. */
  readonly nth: number;
  /** `kill`: SIGKILL. `wait`: nothing of the process goes on until the mark's `.go` is there. `stop`: SIGSTOP. */
  readonly action: 'kill' | 'wait' | 'stop';
}

/** What the worker that strikes itself is told by its environment. */
export const STRIKE_VARIABLE = 'CHAOS_STRIKE';
/** A file that is made when the point is reached. */
export const MARK_VARIABLE = 'CHAOS_MARK';
/** A folder in which a file named `full` or `read-only` makes the index so. */
export const FLAGS_VARIABLE = 'CHAOS_FLAGS';
/** A deliberate bug of the worker's, by name: see bugs.ts. */
export const BUG_VARIABLE = 'CHAOS_BUG';
