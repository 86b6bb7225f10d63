import type { ForRun } from './activity-contract.ts';
import type { OpenBackfill } from './carried.ts';
import type { RunMemo, RunPlan } from './contract.ts';
import type { CallEngine } from './engine-waits.ts';
import type { OrgCalls } from './org-limits.ts';
import type { RunHost } from './run-host.ts';

/** An admitted run, as its parts see it. */
export interface Run {
  readonly host: RunHost;
  readonly key: string;
  readonly plan: RunPlan;
  readonly fence: ForRun;
  readonly tickSeconds: number;
  /** See `OrgCalls.ask`. While the search engine is unavailable, waits for it too. */
  readonly ask: OrgCalls['ask'];
  readonly callEngine: CallEngine;
  memo(): RunMemo;
  /** Replaces the run's memo, for the Web UI, the query and the result. */
  show(memo: RunMemo): void;
  /** Notes the progress of the complete backfill, for a continuation. */
  keepBackfill(backfill: OpenBackfill): void;
  /** Continues as a new execution if the history is too long; then it does not return. */
  continueAsNewIfLong(): Promise<void>;
}
