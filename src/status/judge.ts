import type { RunMemo, SlowShares, Watermarks } from '../../workflows/contract.ts';
import { type CoverageGap, gapClosesEverything } from '../access/coverage-gaps.ts';
import type { ToldUnindexed } from '../facts/unindexed.ts';
import type { RunWarning } from '../facts/warnings.ts';
import type { BlockedStream, Stale } from '../index/port.ts';
import type { Unserved } from '../index/unserved.ts';
import type { ObjectName } from '../objects/index.ts';
import { nobodyFindsLine } from '../sentences/earlier-texts.ts';
import type { LostField } from '../sync/lost-fields.ts';
import { type NextComplete, nextComplete, secondsLeft } from './forecast.ts';
import { type Health, healthOf, type NobodyFinds, type Problem, problems } from './health.ts';
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
  /** The same as values; fewer, where an older worker told texts alone. */
  readonly warningFacts: readonly RunWarning[];
  readonly closed: readonly string[];
  /** The same as values; null: the newest run has told no values. */
  readonly gaps: readonly CoverageGap[] | null;
  /** Users whom searches do not serve, in numbers, as the newest run knows; null: none has told. */
  readonly unserved: Unserved | null;
  /** What the newest run knows of records that could not be indexed; the first twenty are named. */
  readonly unindexed: ToldUnindexed;
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

/** Temporal leaves out lists that are empty. */
function gapsIn(memo: Partial<RunMemo> | null): readonly CoverageGap[] | null {
  if (memo?.gaps) return memo.gaps;
  return memo !== null && (memo.closed ?? []).length === 0 ? [] : null;
}

/** What is closed by which nobody finds anything; null: nothing. */
function nobodyFinds(memo: Partial<RunMemo> | null): NobodyFinds | null {
  const closed = memo?.closed ?? [];
  // Where they are not as many, somebody has written them by hand.
  if (!memo?.gaps || memo.gaps.length !== closed.length) {
    const line = nobodyFindsLine(closed);
    return line === null ? null : { line, gap: null };
  }
  const at = memo.gaps.findIndex(gapClosesEverything);
  const gap = memo.gaps[at];
  return gap === undefined ? null : { line: closed[at] ?? gap.code, gap };
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
