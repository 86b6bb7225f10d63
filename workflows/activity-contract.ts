import type { CoverageGap } from '../src/access/coverage-gaps.ts';
import type { FailureFacts } from '../src/facts/failures.ts';
import type { ToldWarnings } from '../src/facts/warnings.ts';
import type { BackfillPosition, ChangeStream } from '../src/index/port.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
import type { Waiting } from '../src/salesforce/waiting.ts';
import type { ChangesOutput } from '../src/sync/changes.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { LostField } from '../src/sync/lost-fields.ts';
import type { FinishRun, ForceRequest, LimitReached, RunMemo, RunPlan, Watermarks } from './contract.ts';

/**
 * What workflows and activities share: each activity, what it takes and gives, and what it beats. All of it is stored in
 * Temporal: cursors and counts, never records, a token or the secret.
 */

/** Every activity of a connection's worker. */
export interface Activities {
  /** Proves that a token can be had, and tells whose it is. */
  authenticate(input: ForConnection): Promise<Authenticated>;
  /** Asks the org for its API usage, at the price of one call. */
  askApiUsage(input: ForConnection): Promise<Asked>;
  /** Has the ConnectionWorkflow admit the run, and answers its plan; skipped where another run is still at work. */
  beginRun(input: Begin): Promise<Begun>;
  /** Tells the ConnectionWorkflow how the run ended; answers the watermarks that the index holds, and what it holds for nobody. */
  finishRun(input: Finish): Promise<Finished>;
  /** Forwards a request for a complete backfill that was sent to a run instead of to the connection. */
  requestCompleteBackfill(input: ForConnection & ForceRequest): Promise<void>;
  /** Brings the index's membership up to date with who is who. */
  refreshMembership(input: RefreshMembership): Promise<MembershipRefreshed>;
  /** Reads the next slice of an object in a complete backfill. */
  backfillSlice(input: BackfillSlice): Promise<SliceRead>;
  /** Reads the next round of an incremental pass. */
  readChanges(input: ReadChanges): Promise<ChangesRead>;
  /** Removes what a complete backfill did not meet. */
  sweep(input: Sweep): Promise<Swept>;
  /** Ends the backfill in the index: from here on its start is every object's watermark, or a later pass's. */
  endBackfill(input: EndBackfill): Promise<void>;
}

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

export interface Begin extends ForConnection {
  readonly key: string;
  readonly workflowId: string;
  readonly organizationId: string;
  readonly completeBackfillFrequency: number;
}

export interface Finish extends ForConnection, Omit<FinishRun, 'watermarks' | 'lastBackfill'> {
  /** The index that the run wrote; null: it was never admitted. */
  readonly indexId: string | null;
}

export interface RefreshMembership extends ForRun {
  /** The complete backfill that the run is to begin or go on with; null: an incremental run. */
  readonly backfillStart: string | null;
}

export interface BackfillSlice extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO. */
  readonly start: string;
  /** Where the run believes to be; the index knows better. */
  readonly from: BackfillPosition | null;
}

export interface ReadChanges extends ForRun {
  /** The upper bound of the pass that goes on; null: the first round. */
  readonly before: string | null;
  /** Where the run believes the pass to be; the index knows better. */
  readonly streams: readonly ChangeStream[] | null;
}

export interface Sweep extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO: what was last read before it goes. */
  readonly start: string;
  /**
   * A person has said that what is missing is gone: the guard lets it go, however much it is. Believed where the connection's
   * workflow says so too.
   */
  readonly allowSweep?: boolean;
}

export interface EndBackfill extends ForRun {
  /** Contacts' documents still carry principals of two derivations. The index looks for itself whether some do. */
  readonly contactsMixed: boolean;
}

/** What an activity asked of the org. */
export interface Asked {
  readonly apiCalls: number;
  /** As the org's last reply told it; left out: there was none, or it did not. */
  readonly apiUsage?: ApiUsage;
  /** The run is to wait before it asks for more. Left out: it may go on. */
  readonly limit?: LimitReached;
}

/** What the index lists for an operator once an activity is done. Left out: one of an older version did not tell. */
export type Listed = Pick<
  RunMemo,
  'unindexed' | 'stale' | 'slowShares' | 'blocked' | 'missed' | 'refilling' | 'unserved'
>;

/** What a failed activity tells beside its message. `limit`: the org refused it, and the run is to wait. */
export interface FailureDetails extends Partial<Asked> {
  readonly error: FailureFacts;
}

export interface Authenticated extends Asked {
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: string;
  readonly apiVersion: string;
}

/** What is closed: lines, and the same as values, which older workers leave out. */
export interface Closed {
  readonly closed: readonly string[];
  readonly gaps?: readonly CoverageGap[];
}

export type Begun = Asked &
  Listed &
  (
    | (Closed &
        ToldWarnings & {
          readonly kind: 'admitted';
          readonly plan: RunPlan;
          /** What the org counts of each object; complete backfills only. */
          readonly expected: Partial<Record<ObjectName, number>>;
          /** The most records of one slice; left out by older workers. */
          readonly sliceRecords?: number;
          /** See `Selection.lost`; left out by older workers. */
          readonly lostFields?: readonly LostField[];
        })
    | { readonly kind: 'skipped'; readonly headline: string }
  );

export interface Finished extends Partial<Closed> {
  /** What the index holds. */
  readonly watermarks: Watermarks;
  readonly apiUsage?: ApiUsage | null;
}

export interface MembershipRefreshed extends Asked, Listed, Closed {
  readonly members: number;
  /** Contacts' documents carry principals of another org-wide default: they are closed until a complete backfill ends. */
  readonly contactsClosed: boolean;
}

export interface SliceRead extends Asked, Listed {
  readonly position: BackfillPosition;
  readonly counts: Counts;
}

/** A round of an incremental pass; `streams` empty: the pass is over. */
export type ChangesRead = Omit<ChangesOutput, 'warnings'> & ToldWarnings & Asked & Listed;

export interface Swept extends Asked, Listed {
  readonly removed: number;
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
}

/** What each heartbeat says, for `status` and the Web UI. */
export interface Heartbeat {
  /** How far the work is, in its own words. */
  readonly details: unknown;
  /**
   * When it last moved; null: not yet in this attempt. A beat alone shows that the worker lives, not that the org
   * answers.
   */
  readonly progressAt: string | null;
  /** The request that has been at work for longest; null: none is. Left out by older workers. */
  readonly request?: Waiting | null;
}
