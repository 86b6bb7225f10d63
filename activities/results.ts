import type { ObjectName } from '../src/objects/index.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
import type { RunPlan, Watermarks } from '../workflows/contract.ts';
import type { ObjectCounts } from '../workflows/run-memo.ts';

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
      readonly apiCalls: number;
      readonly apiUsage?: ApiUsage | null;
    }
  | { readonly kind: 'skipped'; readonly headline: string };

export interface Finished {
  /** What the index holds. */
  readonly watermarks: Watermarks;
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
  readonly position: { readonly after: string | null; readonly done: boolean; readonly recordsRead: number };
  readonly counts: ObjectCounts;
  readonly apiCalls: number;
}

/** Where one stream of an incremental pass stands: up to (stamp, id) everything is read. */
export interface ChangeStream {
  readonly object: ObjectName;
  readonly of: 'records' | 'shares';
  readonly after: { readonly stamp: string; readonly id: string } | null;
}

export interface ChangesRead {
  /** The pass's upper bound, exclusive; the same in every round of the pass. */
  readonly before: string;
  /** Streams with more to read; empty: the pass is over. */
  readonly streams: readonly ChangeStream[];
  readonly counts: Partial<Record<ObjectName, ObjectCounts>>;
  readonly apiCalls: number;
}

export interface Swept {
  readonly removed: number;
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
}
