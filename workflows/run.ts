import type { ForRun } from '../activities/results.ts';
import type { RunMemo, RunPlan } from './contract.ts';

/** An admitted run, as its parts see it. */
export interface Run {
  readonly key: string;
  readonly plan: RunPlan;
  readonly ticket: ForRun;
  readonly tickSeconds: number;
  memo(): RunMemo;
  /** Makes a memo the run's own, for the Web UI, the query and the result. */
  show(memo: RunMemo): void;
}
