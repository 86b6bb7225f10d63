import type { BackfillPosition, IndexState } from '../src/index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
import type { ChangesOutput } from '../src/sync/changes.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { LostField } from '../src/sync/lost-fields.ts';
import type { LimitReached, RunMemo, RunPlan, Watermarks } from '../workflows/contract.ts';

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

/** What the index lists for an operator once an activity is done. Left out: one of an older version did not tell. */
export type Listed = Pick<
  RunMemo,
  'unindexed' | 'stale' | 'slowShares' | 'blocked' | 'missed' | 'refilling' | 'unserved'
>;

export function listedIn({ unindexed, stale, blocked, missed, lastBackfill, ...state }: IndexState): Listed {
  const slowShares = OBJECT_NAMES.filter((object) => state.shareLooks[object] !== undefined).map((object) => ({
    object,
    since: state.shareWatermarks[object] ?? null,
  }));
  return { unindexed, stale, slowShares, blocked, missed, refilling: lastBackfill === null };
}

/** What an activity asked of the org. */
export interface Asked {
  readonly apiCalls: number;
  /** As the org's last reply told it; left out: there was none, or it did not. */
  readonly apiUsage?: ApiUsage;
  /** The run is to wait before it asks for more. Left out: it may go on. */
  readonly limit?: LimitReached;
}

export interface Authenticated extends Asked {
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: string;
  readonly apiVersion: string;
}

export type Begun = Asked &
  Listed &
  (
    | {
        readonly kind: 'admitted';
        readonly plan: RunPlan;
        /** What the org counts of each object; complete backfills only. */
        readonly expected: Partial<Record<ObjectName, number>>;
        readonly closed: readonly string[];
        /** The most records of one slice; left out by older workers. */
        readonly sliceRecords?: number;
        /** For the operator; left out by older workers. */
        readonly warnings?: readonly string[];
        /** See `Selection.lost`; left out by older workers. */
        readonly lostFields?: readonly LostField[];
      }
    | { readonly kind: 'skipped'; readonly headline: string }
  );

export interface Finished {
  /** What the index holds. */
  readonly watermarks: Watermarks;
  /** What its documents carry for nobody, a line each; left out by older workers. */
  readonly closed?: readonly string[];
  readonly apiUsage?: ApiUsage | null;
}

export interface MembershipRefreshed extends Asked, Listed {
  readonly members: number;
  readonly closed: readonly string[];
  /** Contacts' documents carry principals of another org-wide default: they are closed until a complete backfill ends. */
  readonly contactsClosed: boolean;
}

export interface SliceRead extends Asked, Listed {
  readonly position: BackfillPosition;
  readonly counts: Counts;
}

/** A round of an incremental pass; `streams` empty: the pass is over. */
export type ChangesRead = ChangesOutput & Asked & Listed;

export interface Swept extends Asked, Listed {
  readonly removed: number;
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
}
