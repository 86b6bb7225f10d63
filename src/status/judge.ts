import type { RunMemo, SlowShares, Watermarks } from '../../workflows/contract.ts';
import { NOBODY_FINDS } from '../access/integration-rights.ts';
import type { BlockedStream, Stale, Unindexed } from '../index/port.ts';
import type { Unserved } from '../index/unserved.ts';
import type { ObjectName } from '../objects/index.ts';
import type { LostField } from '../sync/lost-fields.ts';
import {
  firstComplete,
  type NextComplete,
  nextComplete,
  nextCompleteAtOnce,
  nextCompleteByMemo,
  secondsLeft,
} from './forecast.ts';
import { type Health, healthOf, type Problem, problems } from './health.ts';
import { newestMemo, type Observed } from './observe.ts';

/** What `status` says. */
export interface Status {
  readonly connection: string;
  readonly health: Health;
  /** Healthy or degraded: since the last failed run ended; failing: since the first failed run after the last success. Null: nothing to tell. */
  readonly since: Date | null;
  /** The most urgent first. */
  readonly problems: readonly Problem[];
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
  /** Users whom searches do not serve, in numbers, as the newest run knows; null: none has told. */
  readonly unserved: Unserved | null;
  /** What the newest run knows of records that could not be indexed; the first twenty are named. */
  readonly unindexed: Unindexed;
  /** Objects whose documents may be stale, as the newest run knows. */
  readonly stale: readonly Stale[];
  /** Share tables whose dates are too slow to ask for, as the newest run knows. */
  readonly slowShares: readonly SlowShares[];
  /** Streams that the org refuses, as the newest run knows. */
  readonly blocked: readonly BlockedStream[];
  /** Objects of which something may have been missed, which the next complete backfill reads; as the newest run knows. */
  readonly missed: readonly ObjectName[];
  /** Usual fields and titles that are not in the index, as the newest run knows. */
  readonly lostFields: readonly LostField[];
  readonly apiCalls: {
    readonly last24Hours: number;
    readonly org: { readonly used: number; readonly limit: number } | null;
  };
}

/** Makes what was observed into what an operator asks. Pure. */
export function judge(observed: Observed): Status {
  const { now, schedule, worker, state, running, lastRuns, lastSuccess, failures, lastFailure } = observed;
  const waitsUntil = running?.waitsUntil ?? (running?.retry?.isLimit ? running.retry.nextAt : null);
  const memo = newestMemo(observed);
  const indexLost = observed.lost === 'index';
  const stale = indexLost ? [] : (memo?.stale ?? []);
  const blocked = indexLost ? [] : (memo?.blocked ?? []);
  const missed = indexLost ? [] : (memo?.missed ?? []);
  const lostFields = indexLost ? [] : (memo?.lostFields ?? []);
  const found = problems({
    now,
    paused: schedule.paused,
    ticksWithoutProgress: ticksSince(lastGood(observed, waitsUntil), observed),
    running: running && {
      ...running,
      waitsUntil,
      asks: running.request !== null,
      trouble: running.retry?.message ?? null,
    },
    lastFailed: failures && { message: failures.message },
    isPolled: worker.isPolled,
    indexLost,
    otherHome: observed.otherHome,
    indexDamage: observed.indexDamage,
    nobodyFinds: memo?.closed?.find((line) => line.includes(NOBODY_FINDS)) ?? null,
    workerSeenAt: worker.lastSeenAt,
    refilling: !indexLost && (memo === null ? lastSuccess === null : memo.refilling === true),
    stale,
    blocked,
    missed,
    lostFields,
  });
  const watermarks = state?.watermarks ?? memo?.watermarks ?? {};
  const health = healthOf(found);
  const isFailing = health === 'failing';
  return {
    connection: observed.connection,
    health,
    since: (isFailing ? failures?.first : lastFailure)?.endedAt ?? (isFailing ? (lastSuccess?.endedAt ?? null) : null),
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
    unserved: memo?.unserved ?? null,
    unindexed: memo?.unindexed ?? { count: 0, records: [] },
    stale,
    slowShares: indexLost ? [] : (memo?.slowShares ?? []),
    blocked,
    missed,
    lostFields,
    apiCalls: { last24Hours: observed.apiCalls, org: memo?.apiUsage ?? null },
  };
}

function nextCompleteOf(
  { lost, state, running, lastRuns, schedule, times }: Observed,
  memo: Partial<RunMemo> | null,
): NextComplete | null {
  const rhythm = { ...schedule, nextRuns: times.next };
  const atOnce = running === null || lost !== null ? nextCompleteAtOnce(lost, memo, rhythm) : null;
  if (atOnce !== null) return atOnce;
  if (state === null && lastRuns.length === 0) return firstComplete(rhythm);
  if (state === null) return nextCompleteByMemo(memo, rhythm);
  // A run that was ended from outside is still open there.
  return nextComplete(running === null ? { ...state, openRun: null } : state, rhythm);
}

/** When the index was last known to come nearer to the org, or had to wait; at first, when the Schedule was made. */
function lastGood({ now, schedule, running, lastSuccess }: Observed, waitsUntil: Date | null): Date {
  const times = [
    schedule.createdAt,
    lastSuccess?.endedAt,
    running?.progressAt,
    running?.request ? now : null,
    waitsUntil && waitsUntil > now ? now : waitsUntil,
  ];
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}

function ticksSince(since: Date, { now, times }: Observed): number {
  return times.past.filter((tick) => tick > since && tick <= now).length;
}
