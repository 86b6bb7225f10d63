import type { Activities, BackfillSlice, SliceRead, Sweep, Swept } from './activity-contract.ts';
import type { Carried } from './carried.ts';
import type { Checkpoint, RunMemo } from './contract.ts';

/** The activities as a run calls them. Some take a summary, which the Web UI shows. */
export interface RunActivities extends Omit<Activities, 'backfillSlice' | 'sweep'> {
  backfillSlice(input: BackfillSlice, summary: string): Promise<SliceRead>;
  sweep(input: Sweep, summary: string): Promise<Swept>;
}

/**
 * Everything that a run needs of its environment: a workflow's execution, or a test. Errors are Temporal's: a failed
 * activity throws an `ActivityFailure`, and anything cancelled throws what `isCancellation` recognizes.
 */
export interface RunHost {
  readonly workflowId: string;
  /** This execution's run id. A run's key is the run id of its first execution. */
  readonly runId: string;
  readonly activities: RunActivities;
  /** Runs that an older version began send every slice's position to ConnectionWorkflow. */
  readonly sendsCheckpoints: boolean;
  /** Milliseconds since 1970, by Temporal's clock. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Stores a memo, to be shown with the next one. */
  keep(memo: RunMemo): void;
  /** Shows a memo to everyone who looks at the run from outside. */
  show(memo: RunMemo): void;
  sendCheckpoint(connection: string, checkpoint: Checkpoint): Promise<void>;
  /** Reports whether the history is so long that the run should continue as a new execution. */
  isHistoryLong(): boolean;
  /** Waits until all messages to the run are handled. */
  messagesHandled(): Promise<void>;
  /** Continues as a new execution. Does not return. */
  continueAsNew(carried: Carried): Promise<void>;
  /** Does work that the run's cancellation does not stop. */
  uncancelled<T>(work: () => Promise<T>): Promise<T>;
}
