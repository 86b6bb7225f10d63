import { duration } from '../durations.ts';

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
    /** What it tries again. */
    readonly trouble: string | null;
  } | null;
  /** The last ended run that was neither skipped nor stopped by a person. */
  readonly lastFailed: { readonly message: string } | null;
  readonly isPolled: boolean;
  /** The index's file is gone from the worker's machine. */
  readonly indexLost: boolean;
  /** The line of what is closed by which the search answers nobody; null: there is none. */
  readonly nobodyFinds: string | null;
}

/** So many ticks without a run that succeeds or progresses are no accident. */
const TICKS = 3;
/** A request ends by its own limit within 130 s, and is tried again twice. */
const STALLED_MS = 5 * 60_000;

/** What is wrong, the most urgent first; nothing: the index is kept up to date. Pure. */
export function problems(facts: HealthFacts): string[] {
  const { now, paused, running, lastFailed, ticksWithoutProgress, isPolled } = facts;
  const found: string[] = [];
  const worker = isPolled ? '' : '; no worker polls the task queue';
  if (running !== null) {
    const isWaiting = running.waitsUntil !== null && running.waitsUntil > now;
    const moved = [running.startedAt, running.progressAt, running.waitsUntil].map((time) => time?.getTime() ?? 0);
    const still = now.getTime() - Math.max(...moved);
    if (!isWaiting && still >= STALLED_MS)
      found.push(
        `the run under way shows no progress for ${duration(still / 1000)}${because(running.trouble)}${worker}`,
      );
  }
  if (facts.indexLost)
    found.push('the index is gone: searches are refused until the next run has begun to fill it anew');
  if (facts.nobodyFinds !== null) found.push(facts.nobodyFinds);
  if (lastFailed !== null) found.push(`the last run failed: ${lastFailed.message}`);
  if (ticksWithoutProgress >= TICKS) {
    const why = paused ? '; the Schedule is paused' : worker;
    found.push(`no run has succeeded or progressed for ${ticksWithoutProgress} ticks${why}`);
  }
  return found;
}

function because(trouble: string | null): string {
  return trouble === null ? '' : `: ${trouble}`;
}
