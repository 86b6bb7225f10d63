import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CoverageGap } from '../src/access/coverage-gaps.ts';
import type { FailureFacts } from '../src/facts/failures.ts';
import type { LimitFacts } from '../src/facts/limits.ts';
import type { FoundReason, RunReason } from '../src/facts/reasons.ts';
import type { ToldUnindexed } from '../src/facts/unindexed.ts';
import type { RunWarning } from '../src/facts/warnings.ts';
import type { BackfillPosition, BlockedStream, Stale } from '../src/index/port.ts';
import type { Unserved } from '../src/index/unserved.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
import type { LostField } from '../src/sync/lost-fields.ts';
import type { SelectionChange } from '../src/sync/selection-changes.ts';

/**
 * What clients, activities and workflows share: names, argument and state types, messages. All of it is plain JSON:
 * times are ISO strings on the org's clock unless they say otherwise.
 */

/** What the Schedule hands to every SyncWorkflow. */
export interface SyncInput {
  readonly connection: string;
  /** Every so manieth run is a complete backfill. */
  readonly completeBackfillFrequency: number;
  /** The shortest time between two ticks of the Schedule. */
  readonly tickSeconds: number;
}

export type RunKind = 'complete' | 'incremental';
export type Watermarks = Partial<Record<ObjectName, string>>;
export type Positions = Partial<Record<ObjectName, BackfillPosition>>;

/** What one run is to do; decided once, by the ConnectionWorkflow, when the run is admitted. */
export interface RunPlan {
  readonly run: number;
  readonly kind: RunKind;
  /** Why this kind, as a clause: `every 48th run`, `asked for by a signal`. */
  readonly reason: string;
  /** The same as a value; left out by older workers. */
  readonly why?: RunReason;
  readonly indexId: string;
  readonly organizationId: string;
  /** Incremental passes begin here; taken from the index, which commits them with the data. */
  readonly watermarks: Watermarks;
  /** Complete backfills only. */
  readonly backfill: {
    readonly start: string;
    /** Where to go on. Empty: from the beginning. */
    readonly positions: Positions;
    /** The sweep may remove more than its guard allows: a request said so. Left out: it may not. */
    readonly allowSweep?: boolean;
    /** The only objects that it reads. Left out: all. */
    readonly objects?: readonly ObjectName[];
  } | null;
}

/** Where an index lives. */
export interface Home {
  /** Random; from the file beside the index, which outlives the index. */
  readonly id: string;
  /** For people: a container's host changes. */
  readonly host: string;
  /** The index file. For people. */
  readonly path: string;
}

/** What a connection belongs to: workers and commands of another organization or home are refused. */
export interface ConnectionHome extends Home {
  readonly organizationId: string;
}

/** Asked by an activity when a run begins. */
export interface BeginRun {
  /** `workflowInfo().runId` at begin: the only name of a run that is unique and lasts. */
  readonly key: string;
  readonly workflowId: string;
  readonly completeBackfillFrequency: number;
  readonly organizationId: string;
  /** The org's time at begin; a complete backfill that begins now starts here. */
  readonly orgTime: string;
  readonly index: {
    readonly indexId: string;
    readonly highestRun: number;
    readonly watermarks: Watermarks;
    readonly backfill: {
      readonly start: string;
      readonly positions: Positions;
      /** The only objects that it reads. Left out: all. */
      readonly objects?: readonly ObjectName[];
    } | null;
    /** How the wanted fields and filters differ from those that the documents were read with; null: not at all. */
    readonly selectionChange: string | null;
    /** The same as values, of which the last may be `more`. Left out where there are none, and by older workers. */
    readonly selectionChanges?: readonly SelectionChange[];
    /** See `IndexState`. Left out by older workers. */
    readonly missed?: readonly ObjectName[];
    /** Objects whose records the org refuses, so that their watermarks stand still. Left out: there are none. */
    readonly blocked?: readonly ObjectName[];
    /** Objects that the org answers again, and that must be read again. Left out: there are none. */
    readonly answering?: readonly ObjectName[];
    /** See `IndexState`. Left out by older workers. */
    readonly lastBackfill?: string | null;
    /** See `IndexWriter.aheadOf`; what lies after the org's time is not told then. Left out by older workers. */
    readonly ahead?: string | null;
  };
  /** The key of an open run that was found dead. */
  readonly holderDead: string | null;
  /** Where the index is. Left out by older workers. */
  readonly home?: Home;
}

export interface Holder {
  readonly key: string;
  readonly workflowId: string;
  readonly run: number;
}

export type BeginAnswer =
  | { readonly kind: 'admitted'; readonly plan: RunPlan }
  | { readonly kind: 'busy'; readonly holder: Holder };

export type RunStatus = 'completed' | 'failed' | 'cancelled' | 'died';

/** Told by an activity when a run ends. */
export interface FinishRun {
  readonly key: string;
  readonly status: Exclude<RunStatus, 'died'>;
  /** The complete backfill of this run is over, sweep and all. */
  readonly backfillEnded: boolean;
  /** The start of the last complete backfill that ended in the index; null: none has. Left out: the index was not asked. */
  readonly lastBackfill?: string | null;
  readonly watermarks: Watermarks;
  /** Why the next run must be complete, where this run found a reason. */
  readonly completeNext: string | null;
  /** The same as a value; left out by older workers. */
  readonly completeNextWhy?: FoundReason | null;
  /** One line for a person. */
  readonly headline: string;
}

export interface Checkpoint {
  readonly key: string;
  readonly object: ObjectName;
  readonly position: BackfillPosition;
}

export interface RunSummary {
  readonly run: number;
  readonly key: string;
  readonly workflowId: string;
  readonly kind: RunKind;
  readonly reason: string;
  /** Left out by older workers. */
  readonly why?: RunReason;
  readonly status: RunStatus;
  readonly headline: string;
}

/** The signal's argument; a signal without one asks for no more than the backfill. */
export interface ForceRequest {
  /** The sweep of the backfill that serves this request may remove more than its guard allows. */
  readonly allowSweep?: boolean;
}

/** The durable state between runs. */
export interface ConnectionState {
  readonly runNumber: number;
  /** The number of the run that began the last complete backfill which sets the rhythm (any but a forced one). */
  readonly rhythmRun: number | null;
  readonly completeEver: boolean;
  readonly indexId: string | null;
  readonly watermarks: Watermarks;
  readonly openRun: { readonly key: string; readonly workflowId: string; readonly plan: RunPlan } | null;
  readonly openBackfill: {
    readonly start: string;
    readonly positions: Positions;
    readonly beganRun: number;
    /** It began only because someone asked for it: it does not set the rhythm. */
    readonly forced: boolean;
    /** Requests made before it began; it serves these. */
    readonly servesRequests: number;
    /** One of them allows the sweep whatever it finds. */
    readonly allowSweep?: boolean;
    /** The only objects that it reads. Left out: all. */
    readonly objects?: readonly ObjectName[];
  } | null;
  readonly forceRequests: number;
  readonly forceRequestsServed: number;
  /** The number of the last request that allows the sweep whatever it finds; 0: none ever did. */
  readonly sweepAllowedBy: number;
  /** Why the next run must be complete, found by an earlier run. */
  readonly completeNext: string | null;
  /** The same as a value. */
  readonly completeNextWhy: FoundReason | null;
  /** The last ended runs, newest first. */
  readonly recentRuns: readonly RunSummary[];
  /** Left out: no run has told it yet. */
  readonly home?: ConnectionHome;
}

/** The state as any version has written it: see `upgradeState`. */
export type StoredConnectionState = Omit<ConnectionState, 'sweepAllowedBy' | 'completeNextWhy'> &
  Partial<Pick<ConnectionState, 'sweepAllowedBy' | 'completeNextWhy'>>;

/** ConnectionWorkflow's memo, which needs no worker to be read. Temporal leaves out what is null. */
export interface ConnectionMemo {
  readonly home: ConnectionHome | null;
  readonly runNumber: number;
  /** The workflow id of the run under way. */
  readonly openRun: string | null;
  /** The headline of the last run that ended. */
  readonly lastRun: string | null;
  /** When the open complete backfill began. */
  readonly backfillStart: string | null;
  /** Somebody asked for a complete backfill, and none has begun since. */
  readonly backfillRequested: boolean;
}

/** A limit of the org that stands in a run's way. */
export interface LimitReached {
  /** A clause for a person: `the org's API limit: 81,204 of 100,000 used in 24 hours, budget 80 %`. */
  readonly waitsFor: string;
  /** The same as a value; left out by older workers. */
  readonly why?: LimitFacts;
  /** After so many milliseconds the org is asked again. */
  readonly waitMs: number;
}

/** A share table that is compared by ranges of its parents. */
export interface SlowShares {
  readonly object: ObjectName;
  /** When the last look at all of it began, ISO; null: no round is over yet. */
  readonly since: string | null;
}

/** How far a run is in one object. */
export interface ObjectProgress {
  /** Records that the org counted at begin; complete backfills only. */
  readonly expected: number | null;
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly renewed: number;
  readonly removed: number;
  readonly done: boolean;
}

/**
 * A run's memo, and its answer to the query `status`. Upserted at begin, at every checkpoint and at the end; needs no
 * worker to be read.
 */
export interface RunMemo {
  readonly headline: string;
  readonly run: number | null;
  readonly kind: RunKind | null;
  readonly reason: string | null;
  /** The reason as a value; left out: no run was admitted, or by an older worker. */
  readonly why?: RunReason;
  readonly backfillStart: string | null;
  readonly progress: Partial<Record<ObjectName, ObjectProgress>>;
  readonly watermarks: Watermarks;
  /** What was closed because it could not be computed or seen, one line each. */
  readonly closed: readonly string[];
  /** The same as values, in the same order; left out or null: an older worker took part, which told lines alone. */
  readonly gaps?: readonly CoverageGap[] | null;
  /** Users whom searches do not serve, in numbers; left out: no membership was made, or by an older worker. */
  readonly unserved?: Unserved;
  readonly warnings: readonly string[];
  /** The same as values, one for each; left out: there are none, or by an older worker. */
  readonly warningFacts?: readonly RunWarning[];
  /** Records of the org that could not be indexed, as the index last told; left out: it has not. */
  readonly unindexed?: ToldUnindexed;
  /** Objects whose documents may be stale, as the index last told; left out: it has not. */
  readonly stale?: readonly Stale[];
  /** Share tables whose dates are too slow to ask for, as the index last told; left out: it has not. */
  readonly slowShares?: readonly SlowShares[];
  /** Streams that the org refuses, as the index last told; left out: it has not. */
  readonly blocked?: readonly BlockedStream[];
  /** Objects of which something may have been missed, as the index last told; left out: it has not. */
  readonly missed?: readonly ObjectName[];
  /** Usual fields and titles that are not in the index, as the run's beginning saw it; left out: it did not say. */
  readonly lostFields?: readonly LostField[];
  /** No complete backfill of this index has ended yet: searches find only what is read so far. Left out: the index has not told. */
  readonly refilling?: boolean;
  readonly apiCalls: number;
  /** The org's API requests of 24 hours, all clients together, as the org last told; left out: it did not. */
  readonly apiUsage?: ApiUsage | null;
  /** What the run waits for, and when it asks again (ISO, Temporal's clock). Left out or null: it is at work. */
  readonly waiting?: { readonly waitsFor: string; readonly why?: LimitFacts; readonly until: string } | null;
  /** Why it failed. Left out: it did not. */
  readonly failure?: string;
  /** The same as a value; left out: it did not fail, or by an older worker. */
  readonly error?: FailureFacts;
}

/** A run's result: the memo as it ended. */
export interface SyncResult extends RunMemo {
  readonly outcome: 'completed' | 'skipped';
}

export const beginRunUpdate = defineUpdate<BeginAnswer, [BeginRun]>('beginRun');
export const finishRunUpdate = defineUpdate<void, [FinishRun]>('finishRun');
export const checkpointSignal = defineSignal<[Checkpoint]>('checkpoint');
export const forceCompleteBackfillSignal = defineSignal<[ForceRequest?]>('forceCompleteBackfill');
/** The connection moves to this home. */
export const moveHereSignal = defineSignal<[Home]>('moveHere');
/** The connection goes over to this organization. */
export const replaceOrgSignal = defineSignal<[{ readonly organizationId: string }]>('replaceOrg');
export const connectionStatusQuery = defineQuery<StoredConnectionState>('status');
export const runStatusQuery = defineQuery<RunMemo>('status');

/** What the Web UI says of ConnectionWorkflow. */
export const CONNECTION_SUMMARY =
  'Remembers what the runs of a connection share: run number, watermarks, open backfill';

const CONNECTION_PREFIX = 'salesforce-connection/';

/** ConnectionWorkflow's fixed workflow id. */
export function connectionWorkflowId(connection: string): string {
  return `${CONNECTION_PREFIX}${connection}`;
}

/** The connection that has this workflow id. */
export function connectionOf(workflowId: string): string {
  return workflowId.slice(CONNECTION_PREFIX.length);
}

/** One task queue a connection: two connections on one queue would run half of each other's activities. */
export function taskQueueOf(connection: string): string {
  return `salesforce-connector/${connection}`;
}
