import type { OpenBackfill } from './complete-backfill.ts';
import type { LimitReached, RunMemo, RunPlan } from './contract.ts';

/** What a run hands on to itself at continue-as-new. Plain JSON. */
export interface Carried {
  readonly key: string;
  /** Null: it waited before it was admitted. */
  readonly plan: RunPlan | null;
  readonly memo: RunMemo;
  /** Null: an incremental run, whose pass begins anew, or nothing of a backfill is read yet. */
  readonly backfill: OpenBackfill | null;
  /** See `Run`. Left out: null. */
  readonly sliceRecords?: number | null;
  /** What it waits for. Left out or null: it is at work. */
  readonly limit?: LimitReached | null;
}
