import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CoverageGap } from '../src/facts/coverage-gaps.ts';
import type { EngineFacts } from '../src/facts/engine.ts';
import type { FailureFacts } from '../src/facts/failures.ts';
import type { Home } from '../src/facts/homes.ts';
import type { ApiUsage, LimitFacts } from '../src/facts/limits.ts';
import type { LostField } from '../src/facts/problems.ts';
import type { FoundReason, RunReason } from '../src/facts/reasons.ts';
import type { SchemaChange } from '../src/facts/schema-changes.ts';
import type { UnindexedSummary } from '../src/facts/unindexed.ts';
import type { RunWarning } from '../src/facts/warnings.ts';
import type { Unserved } from '../src/index/model/unserved.ts';
import type { BackfillPosition, ReadingCursor } from '../src/index/port/backfill.ts';
import type { BlockedStream } from '../src/index/port/progress.ts';
import type { Stale } from '../src/index/port/visibility.ts';
import type { ObjectName } from '../src/objects/index.ts';

/**
 * What clients, activities and workflows share: names, argument and state types, messages. All of it is plain JSON.
 * Times are ISO strings on the org's clock unless stated otherwise.
 */

/** The argument that the Schedule passes to every SyncWorkflow. */
export interface SyncInput {
  readonly connection: string;
  /** Every Nth run is a complete backfill. */
  readonly completeBackfillFrequency: number;
  /** The shortest time between two ticks of the Schedule. */
  readonly tickSeconds: number;
}

export type RunKind = 'complete' | 'incremental';
export type Watermarks = Partial<Record<ObjectName, string>>;
export type Positions = Partial<Record<ObjectName, StoredPosition>>;

/**
 * A position as Temporal stores it, and as any version may have stored it. Workflows pass the cursor on, and never look
 * inside: `activities/stored-position.ts` reads and writes both of its forms.
 */
export interface StoredPosition extends Omit<BackfillPosition, 'cursor'> {
  /** Null: nothing is read yet. Left out by older workers. */
  readonly cursor?: ReadingCursor | null;
  /** The form of older workers, who know keysets only: the Id alone. Null if the cursor is null or of another kind. */
  readonly after: string | null;
}

/** What one run must do. The ConnectionWorkflow decides it once, when it admits the run. */
export interface RunPlan {
  readonly run: number;
  readonly kind: RunKind;
  /** Why this kind, as a clause: `every 48th run`, `asked for by a signal`. */
  readonly reason: string;
  /** The reason as a value. Older workers leave it out. */
  readonly why?: RunReason;
  readonly indexId: string;
  readonly organizationId: string;
  /** The starts of incremental passes. They are from the index, which commits them with the data. */
  readonly watermarks: Watermarks;
  /** Complete backfills only. */
  readonly backfill: {
    readonly start: string;
    /** Where to resume. Empty: from the beginning. */
    readonly positions: Positions;
    /** A request allows the sweep to remove more than its guard would. Left out: not allowed. */
    readonly allowSweep?: boolean;
    /** The only objects that it reads. Left out: all. */
    readonly objects?: readonly ObjectName[];
  } | null;
}

/** What a connection belongs to. Workers and commands of another organization or home are refused. */
export interface ConnectionHome extends Home {
  readonly organizationId: string;
}

/** The message that an activity sends when a run begins. */
export interface BeginRun {
  /** `workflowInfo().runId` at begin: the only name of a run that is unique and permanent. */
  readonly key: string;
  readonly workflowId: string;
  readonly completeBackfillFrequency: number;
  readonly organizationId: string;
  /** The org's time at begin. A complete backfill that begins now starts at this time. */
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
    /** How the wanted fields and filters differ from those that the documents were read with. Null: not at all. */
    readonly selectionChange: string | null;
    /** The changes as values; the last may be `more`. Left out if there are none, and by older workers. */
    readonly selectionChanges?: readonly SchemaChange[];
    /** See `IndexState`. Left out by older workers. */
    readonly missed?: readonly ObjectName[];
    /** Objects whose records the org refuses, so that their watermarks do not rise. Left out: there are none. */
    readonly blocked?: readonly ObjectName[];
    /** Objects that the org answers again, and that must be read again. Left out: there are none. */
    readonly answering?: readonly ObjectName[];
    /** See `IndexState`. Left out by older workers. */
    readonly lastBackfill?: string | null;
    /**
     * See `Admissions.aheadOf`. If set, the message leaves out what is after the org's time. Older workers leave it
     * out.
     */
    readonly ahead?: string | null;
  };
  /** The key of an open run that was found dead. */
  readonly holderDead: string | null;
  /** Where the index is. Older workers leave it out. */
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

/** The message that an activity sends when a run ends. */
export interface FinishRun {
  readonly key: string;
  readonly status: Exclude<RunStatus, 'died'>;
  /** The complete backfill of this run is over, including its sweep. */
  readonly backfillEnded: boolean;
  /**
   * The start of the last complete backfill that ended in the index. Null: none has. Left out: the index was not asked.
   */
  readonly lastBackfill?: string | null;
  readonly watermarks: Watermarks;
  /** Why the next run must be complete, if this run found a reason. */
  readonly completeNext: string | null;
  /** The reason as a value. Older workers leave it out. */
  readonly completeNextWhy?: FoundReason | null;
  /** One line for a person. */
  readonly headline: string;
}

export interface Checkpoint {
  readonly key: string;
  readonly object: ObjectName;
  readonly position: StoredPosition;
}

export interface RunSummary {
  readonly run: number;
  readonly key: string;
  readonly workflowId: string;
  readonly kind: RunKind;
  readonly reason: string;
  /** Older workers leave it out. */
  readonly why?: RunReason;
  readonly status: RunStatus;
  readonly headline: string;
}

/** The signal's argument. A signal without one requests only the backfill. */
export interface ForceRequest {
  /** The sweep of the backfill that serves this request may remove more than its guard would allow. */
  readonly allowSweep?: boolean;
}

/** The durable state between runs. */
export interface ConnectionState {
  readonly runNumber: number;
  /** The number of the run that began the last complete backfill that sets the cadence (any except a forced one). */
  readonly rhythmRun: number | null;
  readonly completeEver: boolean;
  readonly indexId: string | null;
  readonly watermarks: Watermarks;
  readonly openRun: { readonly key: string; readonly workflowId: string; readonly plan: RunPlan } | null;
  readonly openBackfill: {
    readonly start: string;
    readonly positions: Positions;
    readonly beganRun: number;
    /** It began only because of a request, so it does not set the cadence. */
    readonly forced: boolean;
    /** The number of requests made before it began. It serves these. */
    readonly servesRequests: number;
    /** One of these requests allows the sweep to remove any number. */
    readonly allowSweep?: boolean;
    /** The only objects that it reads. Left out: all. */
    readonly objects?: readonly ObjectName[];
  } | null;
  readonly forceRequests: number;
  readonly forceRequestsServed: number;
  /** The number of the last request that allows the sweep to remove any number. 0: none ever did. */
  readonly sweepAllowedBy: number;
  /** Why the next run must be complete, if an earlier run found a reason. */
  readonly completeNext: string | null;
  /** The reason as a value. */
  readonly completeNextWhy: FoundReason | null;
  /** The last ended runs, newest first. */
  readonly recentRuns: readonly RunSummary[];
  /** Left out: no run has reported it yet. */
  readonly home?: ConnectionHome;
}

/** The state as any version may have stored it: see `upgradeState`. */
export type StoredConnectionState = Omit<ConnectionState, 'sweepAllowedBy' | 'completeNextWhy'> &
  Partial<Pick<ConnectionState, 'sweepAllowedBy' | 'completeNextWhy'>>;

/** ConnectionWorkflow's memo, which needs no worker to be read. Temporal leaves out null fields. */
export interface ConnectionMemo {
  readonly home: ConnectionHome | null;
  readonly runNumber: number;
  /** The workflow id of the run under way. */
  readonly openRun: string | null;
  /** The headline of the last run that ended. */
  readonly lastRun: string | null;
  /** When the open complete backfill began. */
  readonly backfillStart: string | null;
  /** Somebody requested a complete backfill, and none has begun since. */
  readonly backfillRequested: boolean;
}

/** A limit of the org that a run must wait for. */
export interface LimitReached {
  /** A clause for a person: `the org's API limit: 81,204 of 100,000 used in 24 hours, budget 80 %`. */
  readonly waitsFor: string;
  /** The limit as a value. Older workers leave it out. */
  readonly why?: LimitFacts;
  /** The milliseconds until the org is asked again. */
  readonly waitMs: number;
}

/** A search engine that a run must wait for. */
export interface EngineAway {
  readonly why: EngineFacts;
  /** The first wait, in milliseconds. Later ones are longer. */
  readonly waitMs: number;
}

/** A share table that is compared by ranges of its parents. */
export interface SlowShares {
  readonly object: ObjectName;
  /** When the last complete round began, ISO. Null: no round is over yet. */
  readonly since: string | null;
}

/** A run's progress in one object. */
export interface ObjectProgress {
  /** The org's count of records at begin; complete backfills only. */
  readonly expected: number | null;
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly renewed: number;
  readonly removed: number;
  readonly done: boolean;
}

/**
 * A run's memo, and its reply to the query `status`. It is upserted at begin, at every checkpoint and at the end.
 * Reading it needs no worker.
 */
export interface RunMemo {
  readonly headline: string;
  readonly run: number | null;
  readonly kind: RunKind | null;
  readonly reason: string | null;
  /** The reason as a value. Left out if no run was admitted, and by older workers. */
  readonly why?: RunReason;
  readonly backfillStart: string | null;
  readonly progress: Partial<Record<ObjectName, ObjectProgress>>;
  readonly watermarks: Watermarks;
  /** The coverage gaps, one line each: what could not be computed or seen. */
  readonly closed: readonly string[];
  /** The gaps as values, in the same order. Left out or null: an older worker took part, and gave only lines. */
  readonly gaps?: readonly CoverageGap[] | null;
  /** Numbers of users whom searches do not serve. Left out if no membership was made, and by older workers. */
  readonly unserved?: Unserved;
  readonly warnings: readonly string[];
  /** The warnings as values, one for each. Left out if there are none, and by older workers. */
  readonly warningFacts?: readonly RunWarning[];
  /** Records of the org that could not be indexed, from the index. Left out: unknown. */
  readonly unindexed?: UnindexedSummary;
  /** Objects whose documents may be stale, from the index. Left out: unknown. */
  readonly stale?: readonly Stale[];
  /** Share tables with slow queries by date, from the index. Left out: unknown. */
  readonly slowShares?: readonly SlowShares[];
  /** Streams that the org refuses, from the index. Left out: unknown. */
  readonly blocked?: readonly BlockedStream[];
  /** Objects that may have been read incompletely, from the index. Left out: unknown. */
  readonly missed?: readonly ObjectName[];
  /** Default fields and titles that are not in the index, from the run's beginning. Left out: unknown. */
  readonly lostFields?: readonly LostField[];
  /**
   * No complete backfill of this index has ended yet, so searches only find what was read so far. Left out: unknown.
   */
  readonly refilling?: boolean;
  readonly apiCalls: number;
  /** The org's API requests in 24 hours, of all clients together, from the org's last report. Left out: none. */
  readonly apiUsage?: ApiUsage | null;
  /** What the run waits for. Left out or null: it is working. */
  readonly waiting?: RunWait | null;
  /** Why the run failed. Left out: it did not. */
  readonly failure?: string;
  /** The failure as a value. Left out if it did not fail, and by older workers. */
  readonly error?: FailureFacts;
}

/** What a run waits for. Times are ISO, on Temporal's clock. */
export interface RunWait {
  readonly waitsFor: string;
  /** The same as a value. Older workers leave it out. */
  readonly why?: LimitFacts | EngineFacts;
  /** When it tries again. A repeated call to the search engine may take longer. */
  readonly until: string;
  /** Since when it has waited, over all its tries. Left out: it waits for a limit of the org. */
  readonly since?: string;
  /** What a person should do, in sentences. Left out: nothing. */
  readonly remedy?: string;
}

/** A run's result: its final memo. */
export interface SyncResult extends RunMemo {
  readonly outcome: 'completed' | 'skipped';
}

export const beginRunUpdate = defineUpdate<BeginAnswer, [BeginRun]>('beginRun');
export const finishRunUpdate = defineUpdate<void, [FinishRun]>('finishRun');
export const checkpointSignal = defineSignal<[Checkpoint]>('checkpoint');
export const forceCompleteBackfillSignal = defineSignal<[ForceRequest?]>('forceCompleteBackfill');
/** Moves the connection to this home. */
export const moveHereSignal = defineSignal<[Home]>('moveHere');
/** Replaces the connection's organization by this one. */
export const replaceOrgSignal = defineSignal<[{ readonly organizationId: string }]>('replaceOrg');
export const connectionStatusQuery = defineQuery<StoredConnectionState>('status');
export const runStatusQuery = defineQuery<RunMemo>('status');

/** The summary of ConnectionWorkflow in the Web UI. */
export const CONNECTION_SUMMARY =
  'Remembers what the runs of a connection share: run number, watermarks, open backfill';

const CONNECTION_PREFIX = 'salesforce-connection/';

/** Returns ConnectionWorkflow's fixed workflow id. */
export function connectionWorkflowId(connection: string): string {
  return `${CONNECTION_PREFIX}${connection}`;
}

/** Returns the connection with this workflow id. */
export function connectionOf(workflowId: string): string {
  return workflowId.slice(CONNECTION_PREFIX.length);
}

/**
 * Returns a connection's own task queue. Two connections on one queue would each get half of the other's activities.
 */
export function taskQueueOf(connection: string): string {
  return `salesforce-connector/${connection}`;
}

/** The workflow of one run. Only the Schedule starts it. */
export const SYNC_WORKFLOW = 'SyncWorkflow';

/** The workflow that keeps the state between runs. */
export const CONNECTION_WORKFLOW = 'ConnectionWorkflow';

/** The id of a connection's Schedule. A run's workflow id is this, a hyphen and the tick's time. */
export function scheduleIdOf(connection: string): string {
  return `salesforce-sync/${connection}`;
}
