/** A point at which a worker process can be broken, in the middle of its work. */
export type Point =
  /** A reply of the org has begun. */
  | 'reply'
  /** The same, for a cursor's second page or a later one. */
  | 'continuation'
  /** A write transaction of the index is about to be committed, or just was. */
  | 'before commit'
  | 'after commit'
  /** An activity's work is done, and Temporal does not know it yet. */
  | 'done'
  /** A workflow's continue-as-new is about to be sent to Temporal, or just was. */
  | 'before continue-as-new'
  | 'after continue-as-new';

/** What a worker does to itself at a point. */
export interface Injection {
  readonly point: Point;
  /** The type of the activity, or of the workflow at continue-as-new. */
  readonly in: string;
  /** Which occurrence of the point counts. */
  readonly nth: number;
  /** `kill`: SIGKILL. `wait`: the process blocks until the mark's `.go` file exists. `stop`: SIGSTOP. */
  readonly action: 'kill' | 'wait' | 'stop';
}

/** The environment variable with the injection. */
export const INJECTION_VARIABLE = 'CHAOS_STRIKE';
/** The variable with the file that is created when the point is reached. */
export const MARK_VARIABLE = 'CHAOS_MARK';
/** The variable with a folder, in which a file named `full` or `read-only` makes the index so. */
export const FLAGS_VARIABLE = 'CHAOS_FLAGS';
/** The variable with the name of a deliberate bug in the worker: see bugs.ts. */
export const BUG_VARIABLE = 'CHAOS_BUG';
