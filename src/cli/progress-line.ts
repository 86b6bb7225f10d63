import type { ObjectProgress, RunMemo } from '../../workflows/contract.ts';
import { duration } from '../sentences/durations.ts';
import { thousands } from '../sentences/numbers.ts';
import { secondsLeft } from '../status/forecast.ts';

/**
 * Formats a run for a terminal: `run 3 · Account 30,000 ✓ · Contact 12,000 of 174,433 (7 %) · 4,210 records/s · 40
 * seconds left`.
 *
 * @param startedAt when the run began: what an earlier run had read does not count for this one's speed
 * @param columns the length to cut the line to, because a wrapped line cannot be redrawn
 */
export function progressLine(memo: Partial<RunMemo>, startedAt: Date, now: Date, columns: number): string {
  const { progress = {}, run, kind, waiting, headline = '' } = memo;
  if (typeof run !== 'number' || waiting) return cut(headline, columns);
  const seconds = (now.getTime() - startedAt.getTime()) / 1000;
  const left = secondsLeft(memo, startedAt, now);
  const parts = [
    `run ${run}, ${kind === 'complete' ? 'complete backfill' : 'incremental'}`,
    ...entriesOf(progress)
      .filter(([, { read, done }]) => read > 0 || done)
      .map(([object, at]) => objectPart(object, at)),
    ...speedPart(recordsWritten(progress), seconds),
    ...(left === null ? [] : [`${duration(Math.max(1, Math.round(left)))} left`]),
  ];
  return cut(parts.join(' · '), columns);
}

function objectPart(object: string, { read, expected, done }: ObjectProgress): string {
  if (done) return `${object} ${thousands(read)} ✓`;
  if (expected === null || expected === 0) return `${object} ${thousands(read)}`;
  const percent = Math.min(99, Math.floor((100 * read) / expected));
  return `${object} ${thousands(read)} of ${thousands(expected)} (${percent} %)`;
}

function speedPart(records: number, seconds: number): string[] {
  const rate = seconds > 0 ? Math.round(records / seconds) : 0;
  return rate === 0 ? [] : [`${thousands(rate)} records/s`];
}

function recordsWritten(progress: RunMemo['progress']): number {
  return entriesOf(progress).reduce((sum, [, { added, changed, renewed }]) => sum + added + changed + renewed, 0);
}

function entriesOf(progress: RunMemo['progress']): [string, ObjectProgress][] {
  return Object.entries(progress) as [string, ObjectProgress][];
}

function cut(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}
