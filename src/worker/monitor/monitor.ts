import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Config } from '../../config/load.ts';
import type { Problem } from '../../facts/problems.ts';
import type { IndexLocation } from '../../index/location.ts';
import type { OpenRunStore } from '../../index/open.ts';
import { assess } from '../../status/assess.ts';
import { problemsWithoutTemporal } from '../../status/health.ts';
import { newestMemo, type Observed, observe } from '../../status/observe.ts';
import { pastRuns } from '../../temporal/past-runs.ts';
import type { Log } from '../log/log.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Link } from './link.ts';
import { readMemo } from './memo.ts';
import type { HeldIndex, Metrics } from './metrics.ts';

const PROBE_MS = 5_000;
const LOOK_MS = 30_000;
/** A run reports its end a moment before it ends, and before Temporal lists it as ended. */
const AFTER_RUN_MS = [2_000, 10_000];
const ANSWER_MS = 20_000;
/** A run every minute makes 1,440 a day. */
const MOST_RUNS = 3_000;

/** Observes the connection like `status`, for the metrics and for notifications. */
export interface Monitor {
  /** Schedules a look soon, after a run has ended. */
  runEnded(): void;
  /** Whether the index could be opened at the last look. */
  readonly indexOpened: boolean;
  stop(): void;
}

export interface Monitored {
  readonly config: Config;
  readonly openStore: OpenRunStore;
  readonly client: Client;
  readonly metrics: Metrics;
  readonly temporal: Link;
  readonly org: Link;
  readonly notifier: Notifier;
  readonly log: Log;
}

export function startMonitor({ config, openStore, client, metrics, temporal, org, notifier, log }: Monitored): Monitor {
  const { connection } = config;
  let indexOpened = false;
  let looks = 0;
  let looking = false;
  let again = false;
  let knowsPast = false;
  let stopped = false;
  let soon: readonly NodeJS.Timeout[] = [];

  /** Runs one look at a time. If another is requested meanwhile, it runs right after. */
  async function look(): Promise<void> {
    again = looking;
    if (looking) return;
    looking = true;
    try {
      do {
        again = false;
        await lookOnce();
      } while (again);
    } catch (error) {
      // The next look may succeed. Another place reports that Temporal is away.
      if (stopped) return;
      if (isAway(error)) temporal.silent();
      else log.warn('monitor', 'the connection could not be checked', { error: (error as Error).message });
    } finally {
      looking = false;
    }
  }

  async function lookOnce(): Promise<void> {
    const held = await readIndex(config.index, openStore);
    indexOpened = held !== null;
    metrics.index(held);
    showAnswers();
    looks += 1;
    const silentMs = temporal.silentMs();
    if (silentMs > 0) {
      const problems = problemsWithoutTemporal(silentMs);
      if (problems.length > 0) await show(problems);
      return;
    }
    const observed = await client.withDeadline(Date.now() + ANSWER_MS, () =>
      observe(client, config, { asksWorker: false }),
    );
    if (!knowsPast) await showPast(observed, held?.state.lastBackfill ?? null);
    knowsPast = true;
    const running = readMemo(observed.running?.memo);
    metrics.expected(running.kind === 'complete' ? running.progress : null);
    await show(assess(observed).problems);
  }

  async function show(problems: readonly Problem[]): Promise<void> {
    const codes = problems.map(({ code }) => code);
    metrics.problems(codes);
    // A worker that has just started has had no time to fix what its absence caused. A first backfill is no reason to
    // wake anyone.
    if (looks > 1) await notifier.notify(problems.filter(({ code }) => code !== 'refilling'));
    log.debug('looked', 'the connection was checked', { codes: codes.join(' ') });
  }

  /** Shows what happened before this process started. */
  async function showPast(observed: Observed, lastBackfill: string | null): Promise<void> {
    const { apiUsage } = readMemo(newestMemo(observed));
    if (apiUsage !== null) metrics.usage(apiUsage, config.apiBudgetPercent);
    if (observed.lastSuccess !== null) metrics.closed(readMemo(observed.lastSuccess.memo).closed);
    if (lastBackfill !== null) metrics.lastSuccess('complete', Date.parse(lastBackfill));
    const missing = new Set(['complete', 'incremental']);
    let seen = 0;
    for await (const { memo, outcome, endedAt } of pastRuns(client, connection, 'completed')) {
      seen += 1;
      if (missing.size === 0 || seen > MOST_RUNS) break;
      const { kind } = readMemo(memo);
      if (outcome === 'completed' && kind !== null && missing.delete(kind))
        metrics.lastSuccess(kind, endedAt.getTime());
    }
  }

  function showAnswers(): void {
    metrics.now({ temporal: temporal.silentMs() === 0, org: org.silentMs() === 0 });
  }

  async function probe(): Promise<void> {
    try {
      await client.withDeadline(Date.now() + PROBE_MS, () => client.workflowService.getSystemInfo({}));
      temporal.answered();
    } catch (error) {
      if (isAway(error) && !stopped) temporal.silent();
    }
    showAnswers();
  }

  const probes = setInterval(probe, PROBE_MS);
  const looksAgain = setInterval(look, LOOK_MS);
  void look();
  return {
    runEnded() {
      for (const timer of soon) clearTimeout(timer);
      soon = AFTER_RUN_MS.map((ms) => setTimeout(look, ms));
    },
    get indexOpened() {
      return indexOpened;
    },
    stop() {
      stopped = true;
      clearInterval(probes);
      clearInterval(looksAgain);
      for (const timer of soon) clearTimeout(timer);
    },
  };
}

async function readIndex(location: IndexLocation, openStore: OpenRunStore): Promise<HeldIndex | null> {
  try {
    const index = await openStore({ index: location, create: false });
    try {
      return { state: await index.state(), health: await index.health(), documents: await index.counts() };
    } finally {
      await index.close();
    }
  } catch {
    // The file is missing, damaged or locked by another process. The next run reports which.
    return null;
  }
}

/** gRPC's CANCELLED, DEADLINE_EXCEEDED and UNAVAILABLE: nobody answers. */
const AWAY: ReadonlySet<number> = new Set([1, 4, 14]);

function isAway(error: unknown): boolean {
  const cause = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && AWAY.has(cause.code);
}
