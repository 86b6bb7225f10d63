import type { LimitReached, Positions, RunMemo, RunPlan } from './contract.ts';

/** What a run passes to its continuation at continue-as-new. Plain JSON. */
export interface Carried {
  readonly key: string;
  /** Null: it waited before it was admitted. */
  readonly plan: RunPlan | null;
  readonly memo: RunMemo;
  /** Null: nothing of a backfill is read yet, or the run is incremental, and its pass begins again. */
  readonly backfill: OpenBackfill | null;
  /** The limit that it waits for. Left out or null: it is working. */
  readonly limit?: LimitReached | null;
}

/** The progress of a complete backfill. */
export interface OpenBackfill {
  readonly positions: Positions;
  readonly contactsClosed: boolean;
  readonly lastPassAtMs: number;
  /**
   * The backfill has ended in the index, and only access to contacts remains to be restored. Left out: it has not
   * ended.
   */
  readonly ended?: boolean;
}
