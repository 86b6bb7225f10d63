import type { CoverageGap } from '../access/coverage-gaps.ts';
import type { FailureFacts } from '../facts/failures.ts';
import { dependentObjects } from '../index/blocked.ts';
import type { BlockedStream, Stale, Stream } from '../index/port.ts';
import type { ObjectName } from '../objects/index.ts';
import type { LostField } from '../sync/lost-fields.ts';

/** What is closed by which the search answers nobody. */
export interface NobodyFinds {
  readonly line: string;
  /** Null: an older worker told a line alone. */
  readonly gap: CoverageGap | null;
}

/** What is known when the question is whether the index is kept up to date. Times are dates of this machine. */
export interface HealthFacts {
  readonly now: Date;
  readonly paused: boolean;
  /** Ticks of the Schedule since a run last succeeded or progressed, or since the Schedule was made. */
  readonly ticksWithoutProgress: number;
  readonly running: {
    readonly startedAt: Date;
    readonly progressAt: Date | null;
    /** Since when there is something to wait for, and until when: a limit of the org that is used up. */
    readonly waitsUntil: Date | null;
    /** A request to the org is within its own time limit. */
    readonly asks: boolean;
    /** What it tries again. */
    readonly trouble: string | null;
  } | null;
  /** The last ended run that was neither skipped nor stopped by a person. */
  readonly lastFailed: { readonly message: string; readonly error: FailureFacts | null } | null;
  readonly isPolled: boolean;
  /** The index's file is gone from the worker's machine. */
  readonly indexLost: boolean;
  /** The connection's index is another one than the config's. */
  readonly otherHome: { readonly host: string; readonly path: string } | null;
  /** How it is damaged, and what to do, as its error says it; null: it is not. */
  readonly indexDamage: string | null;
  /** The line of what is closed by which the search answers nobody; null: there is none. */
  readonly nobodyFinds: NobodyFinds | null;
  /** When a worker last polled the task queue; null: none did in the last minutes. */
  readonly workerSeenAt: Date | null;
  /** No complete backfill of the index has ended yet, and one has begun. */
  readonly refilling: boolean;
  readonly stale: readonly Stale[];
  readonly blocked: readonly BlockedStream[];
  /** Objects of which something may have been missed. */
  readonly missed: readonly ObjectName[];
  /** Usual fields and titles that are not in the index. */
  readonly lostFields: readonly LostField[];
}

/** So many ticks without a run that succeeds or progresses are no accident. */
const TICKS = 3;
/** A worker that is restarted is back sooner. */
const WORKER_AWAY_MS = 60_000;
/** What works on between two requests moves sooner. */
const STALLED_MS = 5 * 60_000;

/** What is wrong; `problemText` says it in a sentence. */
export type Problem =
  /** The run under way does not move. */
  | {
      readonly code: 'no_progress';
      readonly seconds: number;
      /** What the run tries again. */
      readonly trouble: string | null;
      readonly isPolled: boolean;
    }
  | { readonly code: 'index_gone' }
  /** The connection's runs fill that index. */
  | { readonly code: 'other_home'; readonly host: string; readonly path: string }
  /** What its error says. */
  | { readonly code: 'index_damaged'; readonly message: string }
  /** The line of what is closed that says so. */
  | { readonly code: 'nobody_finds'; readonly line: string; readonly gap: CoverageGap | null }
  /** Why: its message, and the same as a value; null: an older worker, or Temporal itself, told a text alone. */
  | { readonly code: 'run_failed'; readonly message: string; readonly error: FailureFacts | null }
  /** Nothing has come in for so many ticks. */
  | { readonly code: 'not_fresh'; readonly ticks: number; readonly paused: boolean; readonly isPolled: boolean }
  /** No worker polls; null: none was seen at all. */
  | { readonly code: 'no_worker'; readonly seconds: number | null }
  | { readonly code: 'refilling' }
  /** The org refuses it, so that documents of these objects may be stale since then. */
  | {
      readonly code: 'stream_blocked';
      readonly stream: Stream;
      readonly since: string;
      readonly message: string;
      readonly objects: readonly ObjectName[];
    }
  /** Nobody finds anything in these fields, or sees it. */
  | { readonly code: 'fields_lost'; readonly fields: readonly LostField[] }
  | { readonly code: 'sweep_stopped'; readonly objects: readonly ObjectName[] }
  /** The integration user does not see all of these objects any more. */
  | { readonly code: 'may_be_stale'; readonly objects: readonly ObjectName[] }
  | { readonly code: 'may_be_missed'; readonly objects: readonly ObjectName[] }
  /** Temporal does not answer, so that nothing else is known; found by who asks it, not by `problems`. */
  | { readonly code: 'no_temporal'; readonly seconds: number };

export type ProblemCode = Problem['code'];

export const PROBLEM_CODES: readonly ProblemCode[] = [
  'no_progress',
  'index_gone',
  'index_damaged',
  'other_home',
  'nobody_finds',
  'run_failed',
  'not_fresh',
  'no_temporal',
  'no_worker',
  'refilling',
  'stream_blocked',
  'fields_lost',
  'sweep_stopped',
  'may_be_stale',
  'may_be_missed',
];

/** What `status` calls a connection. Degraded: runs succeed, and somebody should look before they do not, or at what is found. */
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

/** What is wrong where Temporal does not answer: after a while, for it may be restarted. Pure. */
export function problemsWithoutTemporal(silentMs: number): Problem[] {
  return silentMs < STALLED_MS ? [] : [{ code: 'no_temporal', seconds: silentMs / 1000 }];
}

/** What is wrong, the most urgent first; nothing: the index is kept up to date. Pure. */
export function problems(facts: HealthFacts): Problem[] {
  const { now, paused, running, lastFailed, ticksWithoutProgress, isPolled } = facts;
  const found: Problem[] = [];
  if (running !== null) {
    const isWaiting = running.waitsUntil !== null && running.waitsUntil > now;
    const moved = [running.startedAt, running.progressAt, running.waitsUntil].map((time) => time?.getTime() ?? 0);
    const still = now.getTime() - Math.max(...moved);
    if (!isWaiting && !running.asks && still >= STALLED_MS)
      found.push({ code: 'no_progress', seconds: still / 1000, trouble: running.trouble, isPolled });
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
