import type { ObjectName } from '../src/objects/index.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { Asked } from '../workflows/activity-contract.ts';
import type { FinishRun, RunKind, RunMemo } from '../workflows/contract.ts';

/** A run that was admitted. */
export interface RunBegan {
  readonly run: number;
  readonly kind: RunKind;
  readonly reason: string;
  readonly workflowId: string;
}

/** A run that has ended. */
export interface RunEnded {
  readonly workflowId: string;
  readonly outcome: FinishRun['status'];
  /** What the run has left behind in Temporal, whichever workers took part; empty: Temporal did not tell. */
  readonly memo: Partial<RunMemo>;
  /** From the run's start; null: Temporal did not tell. */
  readonly seconds: number | null;
}

/** Who is told of the work while it is done: the worker's log and metrics. */
export interface Watch {
  runBegan(run: RunBegan): void;
  /** Another run was at work. */
  runSkipped(workflowId: string): void;
  runEnded(run: RunEnded): void;
  /** What was done to documents of an object. */
  counted(object: ObjectName, counts: Partial<Counts>): void;
  shareRowsRead(object: ObjectName, rows: number): void;
  /** What one attempt of an activity asked of the org, also where it failed. */
  asked(asked: Asked): void;
  orgAnswered(): void;
  /** Requests, and their repetitions, got no answer. */
  orgSilent(): void;
}
