import type { RunMemo, SlowShares, Watermarks } from '../../workflows/contract.ts';
import { isEngineFacts } from '../../workflows/message-forms.ts';
import { type CoverageGap, gapClosesEverything } from '../facts/coverage-gaps.ts';
import type { EngineFacts } from '../facts/engine.ts';
import type { LostField, Problem } from '../facts/problems.ts';
import type { UnindexedSummary } from '../facts/unindexed.ts';
import type { RunWarning } from '../facts/warnings.ts';
import type { Unserved } from '../index/model/unserved.ts';
import type { BlockedStream } from '../index/port/progress.ts';
import type { Stale } from '../index/port/visibility.ts';
import type { ObjectName } from '../objects/index.ts';
import { nobodyFindsLine } from '../sentences/earlier-texts.ts';
import { type NextComplete, nextComplete, secondsLeft } from './forecast.ts';
import { type Health, healthOf, type NobodyFinds, problems } from './health.ts';
import { newestMemo, type Observed } from './observe.ts';

/** What `status` reports. */
export interface Status {
  readonly connection: string;
  readonly health: Health;
  /**
   * Healthy or degraded: since the last failed run ended. Failing: since the first failed run after the last success.
   * Null: there is no such run.
   */
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
  /** How many seconds each object of the index is behind the org. */
  readonly lagSeconds: Readonly<Record<string, number>>;
  readonly lastSuccessAt: Date | null;
  readonly lastRuns: Observed['lastRuns'];
  readonly warnings: readonly string[];
  /** The warnings as values. Fewer if an older worker gave only texts. */
  readonly warningFacts: readonly RunWarning[];
  readonly closed: readonly string[];
  /** The gaps as values. Null: the newest run has no values. */
  readonly gaps: readonly CoverageGap[] | null;
  /** Numbers of users whom searches do not serve, from the newest run. Null: it has none. */
  readonly unserved: Unserved | null;
  /** Records that could not be indexed, from the newest run. The first twenty are named. */
  readonly unindexed: UnindexedSummary;
  /** Objects whose documents may be stale, from the newest run. */
  readonly stale: readonly Stale[];
  /** Share tables with slow queries by date, from the newest run. */
  readonly slowShares: readonly SlowShares[];
  /** Streams that the org refuses, from the newest run. */
  readonly blocked: readonly BlockedStream[];
  /** Objects that may have been read incompletely, from the newest run. The next complete backfill reads them. */
  readonly missed: readonly ObjectName[];
  /** Default fields and titles that are not in the index, from the newest run. */
  readonly lostFields: readonly LostField[];
  readonly apiCalls: {
    readonly last24Hours: number;
    readonly org: { readonly used: number; readonly limit: number } | null;
  };
}

/** Turns observations into a status. Pure. */
export function assess(observed: Observed): Status {
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
      engine: engineOf(running.memo),
      asks: running.request !== null,
      trouble: running.retry?.message ?? null,
    },
    lastFailed: failures && { message: failures.message, error: failures.error },
    isPolled: worker.isPolled,
    indexLost,
    otherHome: observed.otherHome,
    indexDamage: observed.indexDamage,
    nobodyFinds: nobodyFinds(memo),
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
    nextComplete: nextComplete(
      { state, memo, lost: observed.lost, isRunning: running !== null, hasRuns: lastRuns.length > 0 },
      { ...schedule, nextRuns: observed.times.next },
    ),
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
    warningFacts: memo?.warningFacts ?? [],
    closed: memo?.closed ?? [],
    gaps: gapsIn(memo),
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

/** Returns the search engine that a run waits for, and since when. Null: it does not wait for one. */
function engineOf({ waiting }: Partial<RunMemo>): (EngineFacts & { readonly since: string }) | null {
  if (waiting?.since === undefined || !isEngineFacts(waiting.why)) return null;
  const { code, reason, address, engineCode } = waiting.why;
  return { code, reason, address, engineCode, since: waiting.since };
}

/** Returns a memo's gaps. Temporal leaves out empty lists. */
function gapsIn(memo: Partial<RunMemo> | null): readonly CoverageGap[] | null {
  if (memo?.gaps) return memo.gaps;
  return memo !== null && (memo.closed ?? []).length === 0 ? [] : null;
}

/** Finds the gap that hides everything from everybody. Null: there is none. */
function nobodyFinds(memo: Partial<RunMemo> | null): NobodyFinds | null {
  const closed = memo?.closed ?? [];
  // If the numbers differ, somebody wrote the memo by hand.
  if (!memo?.gaps || memo.gaps.length !== closed.length) {
    const line = nobodyFindsLine(closed);
    return line === null ? null : { line, gap: null };
  }
  const at = memo.gaps.findIndex(gapClosesEverything);
  const gap = memo.gaps[at];
  return gap === undefined ? null : { line: closed[at] ?? gap.code, gap };
}

/** Returns when the index last came closer to the org, or had to wait. At first, when the Schedule was created. */
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
