import type { EngineUnavailableError } from '../src/index/port/errors.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { OrgUsage } from '../workflows/activity-contract.ts';
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
  /** The run's final memo in Temporal, with the work of all workers. Empty: unavailable. */
  readonly memo: Partial<RunMemo>;
  /** Measured from the run's start. Null: unavailable. */
  readonly seconds: number | null;
}

/** The observers of the work in progress: the worker's log and metrics. */
export interface Watch {
  runBegan(run: RunBegan): void;
  /** Another run was under way. */
  runSkipped(workflowId: string): void;
  runEnded(run: RunEnded): void;
  /** Changes to documents of an object. */
  counted(object: ObjectName, counts: Partial<Counts>): void;
  shareRowsRead(object: ObjectName, rows: number): void;
  /** The org usage of one attempt of an activity, even if it failed. */
  asked(asked: OrgUsage): void;
  orgAnswered(): void;
  /** Requests and their retries got no answer. */
  orgSilent(): void;
  /** The run waits for the search engine. */
  engineUnavailable(error: EngineUnavailableError): void;
}
