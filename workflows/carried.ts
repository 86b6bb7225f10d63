import type { LimitReached, Positions, RunMemo, RunPlan } from './contract.ts';

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

/** Where a complete backfill stands. */
export interface OpenBackfill {
  readonly positions: Positions;
  readonly contactsClosed: boolean;
  readonly lastPassAtMs: number;
  /** It has ended in the index; what is left is to open contacts. Left out: it has not. */
  readonly ended?: boolean;
}
