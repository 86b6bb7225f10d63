import type { RunMemo, Watermarks } from '../../../workflows/contract.ts';
import { NOBODY_FINDS } from '../../access/integration-rights.ts';
import { nextTicks } from '../../cron.ts';
import type { Stale, Unindexed } from '../../index/port.ts';
import type { ObjectName } from '../../objects/index.ts';
import {
  firstComplete,
  type NextComplete,
  nextComplete,
  nextCompleteAtOnce,
  nextCompleteByMemo,
  secondsLeft,
} from './forecast.ts';
import { problems } from './health.ts';
import { newestMemo, type Observed } from './observe.ts';

/** What `status` says, and what `--json` writes. */
export interface Status {
  readonly connection: string;
  readonly health: 'healthy' | 'failing';
  /** Healthy: since the last failed run ended; failing: since the first failed run after the last success. Null: nothing to tell. */
  readonly since: Date | null;
  readonly problems: readonly string[];
  readonly failedRuns: number;
  readonly running: (Observed['running'] & { readonly secondsLeft: number | null }) | null;
  readonly schedule: Observed['schedule'];
  readonly nextComplete: NextComplete | null;
  readonly worker: Observed['worker'];
  readonly runNumber: number | null;
  readonly watermarks: Watermarks;
  /** Seconds that each object of the index is behind the org. */
  readonly lagSeconds: Readonly<Record<string, number>>;
  readonly lastSuccessAt: Date | null;
  readonly lastRuns: Observed['lastRuns'];
  readonly warnings: readonly string[];
  readonly closed: readonly string[];
  /** What the newest run knows of records that could not be indexed; the first twenty are named. */
  readonly unindexed: Unindexed;
  /** Objects whose documents may be stale, as the newest run knows. */
  readonly stale: readonly Stale[];
  /** Objects of which something may have been missed, which the next complete backfill reads; as the newest run knows. */
  readonly missed: readonly ObjectName[];
  readonly apiCalls: {
    readonly last24Hours: number;
    readonly org: { readonly used: number; readonly limit: number } | null;
  };
}

/** So many ticks are counted; more are as bad. */
const COUNTED_TICKS = 100;

/** Makes what was observed into what an operator asks. Pure. */
export function judge(observed: Observed): Status {
  const { now, schedule, worker, state, running, lastRuns, lastSuccess, failures, lastFailure } = observed;
  const waitsUntil = running?.waitsUntil ?? (running?.retry?.isLimit ? running.retry.nextAt : null);
  const memo = newestMemo(observed);
  const indexLost = observed.lost === 'index';
  const found = problems({
    now,
    paused: schedule.paused,
    ticksWithoutProgress: ticksSince(lastGood(observed, waitsUntil), observed),
    running: running && { ...running, waitsUntil, trouble: running.retry?.message ?? null },
    lastFailed: failures && { message: failures.message },
    isPolled: worker.isPolled,
    indexLost,
    nobodyFinds: memo?.closed?.find((line) => line.includes(NOBODY_FINDS)) ?? null,
  });
  const watermarks = state?.watermarks ?? memo?.watermarks ?? {};
  const isHealthy = found.length === 0;
  return {
    connection: observed.connection,
    health: isHealthy ? 'healthy' : 'failing',
    since: (isHealthy ? lastFailure : failures?.first)?.endedAt ?? (isHealthy ? null : (lastSuccess?.endedAt ?? null)),
    problems: found,
    failedRuns: failures?.count ?? 0,
    running: running && { ...running, secondsLeft: secondsLeft(running.memo, running.startedAt, now) },
    schedule,
    nextComplete: nextCompleteOf(observed, memo),
    worker,
    runNumber: state?.runNumber ?? memo?.run ?? null,
    watermarks,
    lagSeconds: Object.fromEntries(
      Object.entries(watermarks).map(([object, at]) => [
        object,
        Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000)),
      ]),
    ),
    lastSuccessAt: lastSuccess?.endedAt ?? null,
    lastRuns,
    warnings: memo?.warnings ?? [],
    closed: memo?.closed ?? [],
    unindexed: memo?.unindexed ?? { count: 0, records: [] },
    stale: indexLost ? [] : (memo?.stale ?? []),
    missed: indexLost ? [] : (memo?.missed ?? []),
    apiCalls: { last24Hours: observed.apiCalls, org: memo?.apiUsage ?? null },
  };
}

function nextCompleteOf(
  { lost, state, running, lastRuns, schedule, now }: Observed,
  memo: Partial<RunMemo> | null,
): NextComplete | null {
  const atOnce = running === null || lost !== null ? nextCompleteAtOnce(lost, memo, schedule, now) : null;
  if (atOnce !== null) return atOnce;
  if (state === null && lastRuns.length === 0) return firstComplete(schedule, now);
  if (state === null) return nextCompleteByMemo(memo, schedule, now);
  // A run that was ended from outside is still open there.
  return nextComplete(running === null ? { ...state, openRun: null } : state, schedule, now);
}

/** When the index was last known to come nearer to the org, or had to wait; at first, when the Schedule was made. */
function lastGood({ now, schedule, running, lastSuccess }: Observed, waitsUntil: Date | null): Date {
  const times = [
    schedule.createdAt,
    lastSuccess?.endedAt,
    running?.progressAt,
    waitsUntil && waitsUntil > now ? now : waitsUntil,
  ];
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}

function ticksSince(since: Date, { now, schedule }: Observed): number {
  return nextTicks(schedule.cronSpec, schedule.timezone, since, COUNTED_TICKS).filter((tick) => tick <= now).length;
}
