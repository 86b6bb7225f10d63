import type { MetricMeter } from '@temporalio/common';
import type { RunKind } from '../../../workflows/contract.ts';
import type { ApiUsage } from '../../facts/limits.ts';
import { PROBLEM_CODES, type ProblemCode } from '../../facts/problems.ts';
import type { DocumentCounts, IndexHealth, IndexState } from '../../index/port/state.ts';
import { OBJECT_NAMES, type ObjectName } from '../../objects/index.ts';
import type { Counts } from '../../sync/counts.ts';
import type { ReadMemo } from './memo.ts';

/** The kind of a run. `unknown`: the run was never admitted. */
export type CountedKind = RunKind | 'unknown';
export type CountedOutcome = 'completed' | 'failed' | 'cancelled' | 'skipped';

const KINDS: readonly RunKind[] = ['complete', 'incremental'];
const CHANGES = ['added', 'changed', 'removed'] as const;

/** What the metrics show of the index. */
export interface HeldIndex {
  readonly state: IndexState;
  readonly health: IndexHealth;
  readonly documents: DocumentCounts;
}

/** The worker's own metrics. Labels are few: objects, kinds, outcomes and codes, and nothing of the org. */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Creates the metrics. Each counter starts at 0, so that its first increase counts as one. The meter adds `connection`.
 */
export function createMetrics(meter: MetricMeter, now: () => number = Date.now) {
  const counter = (name: string, help: string) => meter.createCounter(`salesforce_connector_${name}`, '', help);
  const gauge = (name: string, help: string) => meter.createGauge(`salesforce_connector_${name}`, 'float', '', help);

  const runs = counter('runs', 'Runs that have ended, by kind and outcome.');
  const duration = meter.createHistogram(
    'salesforce_connector_run_duration',
    'float',
    'seconds',
    'How long runs took, from their start to their end.',
  );
  const records = counter('records_read', 'Records read from the org.');
  const shareRows = counter('share_rows_read', 'Share rows read from the org into the index.');
  const documents = counter('documents_changed', 'Documents of the index that were added, changed or removed.');
  const calls = counter('api_calls', 'API requests that this worker has made to the org.');

  const lag = gauge('lag_seconds', 'Seconds since the time up to which the index is complete for the object.');
  const lastSuccess = gauge('last_success_timestamp_seconds', 'When the last run of the kind completed.');
  const indexed = gauge('documents', 'Documents of the index.');
  const stale = gauge(
    'stale',
    '1: documents of the object may be stale: it is hidden, its sweep stopped, or a table cannot be read.',
  );
  const staleDocuments = gauge('stale_documents', 'Documents that a sweep would have removed when it stopped.');
  const unindexed = gauge('unindexed_records', 'Records of the org that could not be indexed.');
  const closed = gauge(
    'closed_entries',
    'Coverage gaps: what is hidden from users because it cannot be computed or seen.',
  );
  const used = gauge('org_api_requests', 'API requests to the org in 24 hours, from all clients.');
  const limit = gauge('org_api_requests_limit', "The org's limit of API requests in 24 hours.");
  const budget = gauge('org_api_requests_budget', 'Runs wait while the API requests are at this number or above.');
  const backfillOpen = gauge('backfill_open', '1: a complete backfill is open.');
  const backfillRead = gauge(
    'backfill_records_read',
    'Records that the open backfill has read; 0: no backfill is open.',
  );
  const backfillExpected = gauge(
    'backfill_records_expected',
    'Records that the open backfill is expected to read; 0: unknown.',
  );
  const healthy = gauge('healthy', '1: the connection is healthy, as `status` reports it.');
  const problem = gauge('problem', '1: `status` reports this problem.');
  const temporal = gauge('temporal_reachable', '1: Temporal answers.');
  const org = gauge('org_reachable', '1: the org answered the last request.');
  const indexOpened = gauge('index_opened', '1: the index could be opened at the last check.');

  for (const kind of KINDS) for (const outcome of ['completed', 'failed', 'cancelled']) runs.add(0, { kind, outcome });
  for (const outcome of ['failed', 'cancelled', 'skipped']) runs.add(0, { kind: 'unknown', outcome });
  calls.add(0);
  for (const object of OBJECT_NAMES) {
    records.add(0, { object });
    shareRows.add(0, { object });
    for (const change of CHANGES) documents.add(0, { object, change });
  }

  /**
   * When the last run of each kind completed, in milliseconds. A later value wins, because the machine's clock may have
   * been moved.
   */
  const succeeded = new Map<RunKind, number>();
  /** Once an object has a watermark its lag grows, even while the index is gone. */
  const watermarks = new Map<ObjectName, number>();

  return {
    runEnded(kind: CountedKind, outcome: CountedOutcome, seconds: number | null): void {
      runs.add(1, { kind, outcome });
      if (seconds !== null) duration.record(seconds, { kind, outcome });
    },
    lastSuccess(kind: RunKind, at: number): void {
      const latest = Math.max(at, succeeded.get(kind) ?? 0);
      succeeded.set(kind, latest);
      lastSuccess.set(latest / 1000, { kind });
    },
    counted(object: ObjectName, counts: Partial<Counts>): void {
      records.add(counts.read ?? 0, { object });
      for (const change of CHANGES) documents.add(counts[change] ?? 0, { object, change });
    },
    shareRowsRead(object: ObjectName, rows: number): void {
      shareRows.add(rows, { object });
    },
    called(apiCalls: number): void {
      calls.add(apiCalls);
    },
    usage(usage: ApiUsage, budgetPercent: number): void {
      used.set(usage.used);
      limit.set(usage.limit);
      budget.set((usage.limit * budgetPercent) / 100);
    },
    /** Shows what the index contains. Null: it could not be opened. */
    index(held: HeldIndex | null): void {
      indexOpened.set(held === null ? 0 : 1);
      if (held === null) return;
      const { state, health, documents } = held;
      backfillOpen.set(state.backfill === null ? 0 : 1);
      unindexed.set(health.unindexed.count);
      for (const object of OBJECT_NAMES) {
        const read = [state.watermarks[object], state.shareWatermarks[object]].filter((at) => at !== undefined);
        if (read.length > 0) watermarks.set(object, Math.min(...read.map((at) => Date.parse(at))));
        const staleOne = health.stale.find((each) => each.object === object);
        indexed.set(documents[object], { object });
        stale.set(staleOne === undefined ? 0 : 1, { object });
        staleDocuments.set(staleOne?.wouldRemove ?? 0, { object });
        backfillRead.set(state.backfill?.positions[object]?.recordsRead ?? 0, { object });
      }
    },
    /** Shows the number of coverage gaps of the last completed run. */
    closed(entries: number): void {
      closed.set(entries);
    },
    /** Shows how much the run under way expects. Null: no complete backfill is under way. */
    expected(progress: ReadMemo['progress'] | null): void {
      for (const object of OBJECT_NAMES) backfillExpected.set(progress?.[object]?.expected ?? 0, { object });
    },
    problems(codes: readonly ProblemCode[]): void {
      healthy.set(codes.length === 0 ? 1 : 0);
      for (const code of PROBLEM_CODES) problem.set(codes.includes(code) ? 1 : 0, { code });
    },
    /** Updates what changes with time, or is known at any time. */
    now(answers: { readonly temporal: boolean; readonly org: boolean }): void {
      for (const [object, at] of watermarks) lag.set(Math.max(0, now() - at) / 1000, { object });
      temporal.set(answers.temporal ? 1 : 0);
      org.set(answers.org ? 1 : 0);
    },
  };
}
