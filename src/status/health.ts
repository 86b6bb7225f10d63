import type { CoverageGap } from '../facts/coverage-gaps.ts';
import type { EngineFacts } from '../facts/engine.ts';
import type { FailureFacts } from '../facts/failures.ts';
import type { LostField, Problem, ProblemCode } from '../facts/problems.ts';
import { dependentObjects } from '../index/model/blocked.ts';
import type { BlockedStream } from '../index/port/progress.ts';
import type { Stale } from '../index/port/visibility.ts';
import type { ObjectName } from '../objects/index.ts';

/** The coverage gap that hides everything from everybody. */
export interface NobodyFinds {
  readonly line: string;
  /** Null: an older worker gave only a line. */
  readonly gap: CoverageGap | null;
}

/** The facts from which health is decided. Times are dates of this machine. */
export interface HealthFacts {
  readonly now: Date;
  readonly paused: boolean;
  /** Ticks of the Schedule since a run last succeeded or progressed, or since the Schedule was created. */
  readonly ticksWithoutProgress: number;
  readonly running: {
    readonly startedAt: Date;
    readonly progressAt: Date | null;
    /** Until when the run waits for a limit of the org or for the search engine. Null: it does not wait. */
    readonly waitsUntil: Date | null;
    /** The search engine that the run waits for, and since when, ISO. Null: it does not wait for one. */
    readonly engine: (EngineFacts & { readonly since: string }) | null;
    /** A request to the org is under way, and within its time limit. */
    readonly asks: boolean;
    /** What the run retries. */
    readonly trouble: string | null;
  } | null;
  /** The last ended run that was neither skipped nor stopped by a person. */
  readonly lastFailed: { readonly message: string; readonly error: FailureFacts | null } | null;
  readonly isPolled: boolean;
  /** The index's file is gone from the worker's machine. */
  readonly indexLost: boolean;
  /** The connection's index if it is not the config's. */
  readonly otherHome: { readonly host: string; readonly path: string } | null;
  /** The error's message: how the index is damaged, and what to do. Null: it is not damaged. */
  readonly indexDamage: string | null;
  /** The coverage gap that hides everything from everybody. Null: there is none. */
  readonly nobodyFinds: NobodyFinds | null;
  /** When a worker last polled the task queue. Null: none did in the last minutes. */
  readonly workerSeenAt: Date | null;
  /** No complete backfill of the index has ended yet, and one has begun. */
  readonly refilling: boolean;
  readonly stale: readonly Stale[];
  readonly blocked: readonly BlockedStream[];
  /** Objects that may have been read incompletely. */
  readonly missed: readonly ObjectName[];
  /** Default fields and titles that are not in the index. */
  readonly lostFields: readonly LostField[];
}

/** This many ticks without a run that succeeds or progresses are no accident. */
const TICKS = 3;
/** A restarted worker is back sooner. */
const WORKER_AWAY_MS = 60_000;
/** A restarted engine is back sooner. */
const ENGINE_AWAY_MS = 60_000;
/** Work between two requests progresses sooner. */
const STALLED_MS = 5 * 60_000;

/**
 * What `status` calls a connection. Degraded: runs succeed, but somebody should look, either before they fail or at
 * what searches find.
 */
export type Health = 'healthy' | 'degraded' | 'failing';

const DEGRADED: ReadonlySet<ProblemCode> = new Set([
  'no_worker',
  'refilling',
  'stream_blocked',
  'fields_lost',
  'sweep_stopped',
  'may_be_stale',
  'may_be_missed',
]);

export function healthOf(problems: readonly Problem[]): Health {
  if (problems.length === 0) return 'healthy';
  return problems.every(({ code }) => DEGRADED.has(code)) ? 'degraded' : 'failing';
}

/** Returns the problem that Temporal does not answer, after a while, because it may be restarting. Pure. */
export function problemsWithoutTemporal(silentMs: number): Problem[] {
  return silentMs < STALLED_MS ? [] : [{ code: 'no_temporal', seconds: silentMs / 1000 }];
}

/** Returns the problems, the most urgent first. Empty: the index is up to date. Pure. */
export function problems(facts: HealthFacts): Problem[] {
  const { now, paused, running, lastFailed, ticksWithoutProgress, isPolled } = facts;
  const found: Problem[] = [];
  if (running !== null) {
    const isWaiting = running.waitsUntil !== null && running.waitsUntil > now;
    const moved = [running.startedAt, running.progressAt, running.waitsUntil].map((time) => time?.getTime() ?? 0);
    const still = now.getTime() - Math.max(...moved);
    if (!isWaiting && !running.asks && still >= STALLED_MS)
      found.push({ code: 'no_progress', seconds: still / 1000, trouble: running.trouble, isPolled });
    if (running.engine !== null && now.getTime() - Date.parse(running.engine.since) >= ENGINE_AWAY_MS)
      found.push(running.engine);
  }
  if (facts.otherHome !== null)
    found.push({ code: 'other_home', host: facts.otherHome.host, path: facts.otherHome.path });
  if (facts.indexLost) found.push({ code: 'index_gone' });
  if (facts.indexDamage !== null) found.push({ code: 'index_damaged', message: facts.indexDamage });
  if (facts.nobodyFinds !== null) found.push({ code: 'nobody_finds', ...facts.nobodyFinds });
  if (lastFailed !== null) found.push({ code: 'run_failed', ...lastFailed });
  if (ticksWithoutProgress >= TICKS) found.push({ code: 'not_fresh', ticks: ticksWithoutProgress, paused, isPolled });
  return [...found, ...degradations(facts)];
}

function degradations(facts: HealthFacts): Problem[] {
  const { now, isPolled, workerSeenAt, refilling, blocked, lostFields, stale, missed } = facts;
  const found: Problem[] = [];
  const awayMs = workerSeenAt === null ? null : now.getTime() - workerSeenAt.getTime();
  if (!isPolled && (awayMs === null || awayMs >= WORKER_AWAY_MS))
    found.push({ code: 'no_worker', seconds: awayMs === null ? null : awayMs / 1000 });
  if (refilling) found.push({ code: 'refilling' });
  for (const { object, of, since, at, message } of blocked)
    found.push({
      code: 'stream_blocked',
      stream: { object, of },
      since: since ?? at,
      message,
      objects: dependentObjects({ object, of }),
    });
  if (lostFields.length > 0) found.push({ code: 'fields_lost', fields: lostFields });
  const stopped = stale.filter(({ wouldRemove }) => wouldRemove !== null).map(({ object }) => object);
  if (stopped.length > 0) found.push({ code: 'sweep_stopped', objects: stopped });
  const unseen = stale
    .filter(({ wouldRemove, hidden, blockedBy }) => wouldRemove === null && (hidden || blockedBy === undefined))
    .map(({ object }) => object);
  if (unseen.length > 0) found.push({ code: 'may_be_stale', objects: unseen });
  if (missed.length > 0) found.push({ code: 'may_be_missed', objects: missed });
  return found;
}
