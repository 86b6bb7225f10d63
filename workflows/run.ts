import type { ForRun } from './activity-contract.ts';
import type { OpenBackfill } from './carried.ts';
import type { RunMemo, RunPlan } from './contract.ts';
import type { OrgCalls } from './org-limits.ts';
import type { RunHost } from './run-host.ts';

/** An admitted run, as its parts see it. */
export interface Run {
  readonly host: RunHost;
  readonly key: string;
  readonly plan: RunPlan;
  readonly ticket: ForRun;
  readonly tickSeconds: number;
  /** Most records of one slice; null: the worker that admitted the run, an older one, did not tell. */
  readonly sliceRecords: number | null;
  /** See `OrgCalls.ask`. */
  readonly ask: OrgCalls['ask'];
  memo(): RunMemo;
  /** Makes a memo the run's own, for the Web UI, the query and the result. */
  show(memo: RunMemo): void;
  /** Notes how far the complete backfill is, for a continuation. */
  reached(backfill: OpenBackfill): void;
  /** Goes on as a new execution where the history has grown long; then it does not return. */
  continueAsNewIfLong(): Promise<void>;
}
