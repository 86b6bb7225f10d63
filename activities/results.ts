import type { BackfillPosition, Unindexed } from '../src/index/port.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
import type { ChangesOutput } from '../src/sync/changes.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { RunPlan, Watermarks } from '../workflows/contract.ts';

/** What activities take and give: cursors and counts, never records, a token or the secret. */

/** Whose connection an activity works for; a worker of another connection refuses it. */
export interface ForConnection {
  readonly connection: string;
}

/** An activity of an admitted run. */
export interface ForRun extends ForConnection {
  readonly run: number;
  readonly indexId: string;
  readonly organizationId: string;
}

export interface Authenticated {
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: string;
  readonly apiVersion: string;
  readonly apiCalls: number;
}

export type Begun =
  | {
      readonly kind: 'admitted';
      readonly plan: RunPlan;
      /** What the org counts of each object; complete backfills only. */
      readonly expected: Partial<Record<ObjectName, number>>;
      readonly closed: readonly string[];
      readonly unindexed?: Unindexed;
      readonly apiCalls: number;
      readonly apiUsage?: ApiUsage | null;
    }
  | { readonly kind: 'skipped'; readonly headline: string };

export interface Finished {
  /** What the index holds. */
  readonly watermarks: Watermarks;
  /** What its documents carry for nobody, a line each; left out by older workers. */
  readonly closed?: readonly string[];
  readonly apiUsage?: ApiUsage | null;
}

export interface MembershipRefreshed {
  readonly members: number;
  readonly closed: readonly string[];
  /** Contacts' documents carry principals of another org-wide default: they are closed until a complete backfill ends. */
  readonly contactsClosed: boolean;
  readonly apiCalls: number;
}

export interface SliceRead {
  readonly position: BackfillPosition;
  readonly counts: Counts;
  /** What the index lists once this slice is in it. */
  readonly unindexed?: Unindexed;
  readonly apiCalls: number;
}

/** A round of an incremental pass; `streams` empty: the pass is over. */
export type ChangesRead = ChangesOutput & { readonly unindexed?: Unindexed; readonly apiCalls: number };

export interface Swept {
  readonly removed: number;
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
  /** What the index lists after it. */
  readonly unindexed?: Unindexed;
}
