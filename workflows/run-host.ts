import type { Activities, BackfillSlice, SliceRead, Sweep, Swept } from './activity-contract.ts';
import type { Carried } from './carried.ts';
import type { Checkpoint, RunMemo } from './contract.ts';

/** The activities as a run calls them. With some goes a summary, which the Web UI shows. */
export interface RunActivities extends Omit<Activities, 'backfillSlice' | 'sweep'> {
  backfillSlice(input: BackfillSlice, summary: string): Promise<SliceRead>;
  sweep(input: Sweep, summary: string): Promise<Swept>;
}

/**
 * All that a run needs of where it runs: of a workflow's execution, or of a test. What fails throws as Temporal has it: an
 * activity an `ActivityFailure`; whatever is cancelled, what `isCancellation` knows.
 */
export interface RunHost {
  readonly workflowId: string;
  /** This execution's; a run's key is its first execution's. */
  readonly runId: string;
  readonly activities: RunActivities;
  /** Runs that an older version began tell ConnectionWorkflow of every slice. */
  readonly sendsCheckpoints: boolean;
  /** Milliseconds since 1970, by Temporal's clock. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Takes a memo over, to be shown with the next one. */
  keep(memo: RunMemo): void;
  /** Shows a memo to whoever looks at the run from outside. */
  show(memo: RunMemo): void;
  sendCheckpoint(connection: string, checkpoint: Checkpoint): Promise<void>;
  /** The history has grown so long that the run should go on as a new execution. */
  isHistoryLong(): boolean;
  /** Waits until no message to the run is at work any more. */
  messagesHandled(): Promise<void>;
  /** Goes on as a new execution: does not return. */
  continueAsNew(carried: Carried): Promise<void>;
  /** Does work that the run's cancellation does not stop. */
  uncancelled<T>(work: () => Promise<T>): Promise<T>;
}
