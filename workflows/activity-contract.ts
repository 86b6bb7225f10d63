import type { CoverageGap } from '../src/facts/coverage-gaps.ts';
import type { FailureFacts } from '../src/facts/failures.ts';
import type { ApiUsage } from '../src/facts/limits.ts';
import type { LostField } from '../src/facts/problems.ts';
import type { WarningsWithTexts } from '../src/facts/warnings.ts';
import type { ChangeStream } from '../src/index/port/progress.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { Waiting } from '../src/salesforce/waiting.ts';
import type { ChangesOutput } from '../src/sync/changes.ts';
import type { Counts } from '../src/sync/counts.ts';
import type {
  EngineAway,
  FinishRun,
  ForceRequest,
  LimitReached,
  RunMemo,
  RunPlan,
  StoredPosition,
  Watermarks,
} from './contract.ts';

/**
 * What workflows and activities share: each activity, its argument, result and heartbeat. Temporal stores all of it, so
 * it has cursors and counts, but never records, tokens or secrets.
 */

/** Every activity of a connection's worker. */
export interface Activities {
  /** Proves that the org issues a token, and returns whose it is. */
  authenticate(input: ForConnection): Promise<Authenticated>;
  /** Asks the org for its API usage. Costs one call. */
  askApiUsage(input: ForConnection): Promise<OrgUsage>;
  /** Has the ConnectionWorkflow admit the run, and returns its plan. Skipped if another run is still under way. */
  beginRun(input: Begin): Promise<Begun>;
  /**
   * Reports to the ConnectionWorkflow how the run ended. Returns the watermarks in the index, and the gaps that it
   * knows.
   */
  finishRun(input: Finish): Promise<Finished>;
  /** Forwards a request for a complete backfill that was sent to a run instead of to the connection. */
  requestCompleteBackfill(input: ForConnection & ForceRequest): Promise<void>;
  /** Updates the index's membership from the org's. */
  refreshMembership(input: RefreshMembership): Promise<MembershipRefreshed>;
  /**
   * Reads the next slices of a complete backfill: at least one of an object, and further ones of it and of the objects
   * after it for about a minute.
   */
  backfillSlice(input: BackfillSlice): Promise<SliceRead>;
  /** Reads the next round of an incremental pass. */
  readChanges(input: ReadChanges): Promise<ChangesRead>;
  /** Removes what a complete backfill has not seen. */
  sweep(input: Sweep): Promise<Swept>;
  /** Ends the backfill in the index. Its start becomes every object's watermark, unless a pass has set a later one. */
  endBackfill(input: EndBackfill): Promise<void>;
}

/** The connection that an activity works for. A worker of another connection refuses it. */
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
  /** The index that the run wrote. Null: it was never admitted. */
  readonly indexId: string | null;
}

export interface RefreshMembership extends ForRun {
  /** The complete backfill that the run begins or continues. Null: an incremental run. */
  readonly backfillStart: string | null;
}

export interface BackfillSlice extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO. */
  readonly start: string;
  /** The position that the run assumes. The index has the true one. */
  readonly from: StoredPosition | null;
  /** The objects after it, of which nothing is read yet. Older workers ignore them. */
  readonly next?: readonly ObjectName[];
  /** The time until an incremental pass is due, in milliseconds: no further slice begins then. Older workers ignore it. */
  readonly passInMs?: number;
}

export interface ReadChanges extends ForRun {
  /** The upper bound of the pass to continue. Null: the first round. */
  readonly before: string | null;
  /** The progress of the pass that the run assumes. The index has the true one. */
  readonly streams: readonly ChangeStream[] | null;
}

export interface Sweep extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO. What was last read before it is removed. */
  readonly start: string;
  /**
   * A person confirmed that missing records are gone, so the guard lets any number be removed. Believed only if the
   * connection's workflow confirms it.
   */
  readonly allowSweep?: boolean;
}

export interface EndBackfill extends ForRun {
  /** Some contacts' documents have principals of the other contact sharing. The index also checks for itself. */
  readonly contactsMixed: boolean;
}

/** The usage of the org by an activity. */
export interface OrgUsage {
  readonly apiCalls: number;
  /** From the org's last reply. Left out: there was no reply, or it had no usage. */
  readonly apiUsage?: ApiUsage;
  /** The run must wait before it asks for more. Left out: it may continue. */
  readonly limit?: LimitReached;
}

/** What the index lists for an operator after an activity. Activities of older versions leave it out. */
export type OperatorLists = Pick<
  RunMemo,
  'unindexed' | 'stale' | 'slowShares' | 'blocked' | 'missed' | 'refilling' | 'unserved'
>;

/** The details of a failed activity, beside its message. `limit`: the org refused it, and the run must wait. */
export interface FailureDetails extends Partial<OrgUsage> {
  /** The search engine was unavailable, and the run must wait. Left out: it failed for another reason. */
  readonly engine?: EngineAway;
  readonly error: FailureFacts;
}

export interface Authenticated extends OrgUsage {
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: string;
  readonly apiVersion: string;
}

/** Coverage gaps: lines, and the same as values, which older workers leave out. */
export interface ReportedGaps {
  readonly closed: readonly string[];
  readonly gaps?: readonly CoverageGap[];
}

export type Begun = OrgUsage &
  OperatorLists &
  (
    | (ReportedGaps &
        WarningsWithTexts & {
          readonly kind: 'admitted';
          readonly plan: RunPlan;
          /** The org's count of each object; complete backfills only. */
          readonly expected: Partial<Record<ObjectName, number>>;
          /** See `ResolvedSchema.lost`. Older workers leave it out. */
          readonly lostFields?: readonly LostField[];
        })
    | { readonly kind: 'skipped'; readonly headline: string }
  );

export interface Finished extends Partial<ReportedGaps> {
  /** What the index contains. */
  readonly watermarks: Watermarks;
  readonly apiUsage?: ApiUsage | null;
}

export interface MembershipRefreshed extends OrgUsage, OperatorLists, ReportedGaps {
  readonly members: number;
  /**
   * Contacts' documents have principals of another org-wide default. Access to them is denied until a complete backfill
   * ends.
   */
  readonly contactsClosed: boolean;
}

/** What was read of an object. */
export interface ObjectRead {
  readonly position: StoredPosition;
  readonly counts: Counts;
}

export interface SliceRead extends ObjectRead, OrgUsage, OperatorLists {
  /** The objects after it of which something was read. Older workers leave it out. */
  readonly further?: readonly (ObjectRead & { readonly object: ObjectName })[];
}

/** A round of an incremental pass. Empty `streams`: the pass is over. */
export type ChangesRead = Omit<ChangesOutput, 'warnings'> & WarningsWithTexts & OrgUsage & OperatorLists;

export interface Swept extends OrgUsage, OperatorLists {
  readonly removed: number;
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
}

/** The content of each heartbeat, for `status` and the Web UI. */
export interface Heartbeat {
  /** The progress of the work, in its own terms. */
  readonly details: unknown;
  /**
   * When the work last progressed. Null: not yet in this attempt. A heartbeat alone shows that the worker is alive, not
   * that the org answers.
   */
  readonly progressAt: string | null;
  /** The longest open request. Null: there is none. Older workers leave it out. */
  readonly request?: Waiting | null;
}
