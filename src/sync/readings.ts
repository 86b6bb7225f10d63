import type { TableReading } from '../index/port/membership.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import { iso, OVERLAP_MS } from './org-time.ts';

/** What the org reports about a table's rows, or some of them, before they are read. */
export interface Probe {
  readonly count: number;
  /** ISO; null if the org returned no stamp. */
  readonly newest: string | null;
}

/** Slightly less than the promised hour, so that a run just before its end reads again, not the run after it. */
const HOURLY_MS = 50 * 60_000;

/** Returns the answer to `probeQuery`; null if the org does not count. */
export function probeIn(answer: QueryOutcome | undefined): Probe | null {
  if (answer?.ok !== true) return null;
  const { n, newest } = answer.records[0] ?? {};
  return typeof n === 'number' ? { count: n, newest: typeof newest === 'string' ? iso(newest) : null } : null;
}

/** Combines the probes of parts into one; null if one of them is missing. */
export function sumOf(probes: readonly (Probe | null)[]): Probe | null {
  let count = 0;
  let newest: string | null = null;
  for (const probe of probes) {
    if (probe === null) return null;
    count += probe.count;
    if (probe.newest !== null && (newest === null || probe.newest > newest)) newest = probe.newest;
  }
  return { count, newest };
}

/**
 * Returns a reading on which the next run can rely; null if rows came or went between probe and reading. If such a
 * change were undone before the next probe, count and stamp would be the old ones again.
 *
 * @param at the org's time just before the rows were requested, as a version
 * @param totalSize the number of rows that the org then announced
 */
export function readingOf(soql: string, at: number, probe: Probe, totalSize: number): TableReading | null {
  return totalSize === probe.count ? { soql, at, ...probe } : null;
}

/**
 * Returns whether a table's rows are still those that were read. A transaction that commits late has an older stamp. So
 * a reading only counts if its newest stamp was then already older than a transaction can last.
 *
 * @param since readings before this version of the org's time do not count
 */
export function isUnchanged(reading: TableReading, probe: Probe, since: number): boolean {
  if (reading.at < since || reading.count !== probe.count) return false;
  if (probe.count === 0) return true;
  if (probe.newest === null || probe.newest !== reading.newest) return false;
  return reading.at >= Date.parse(probe.newest) + OVERLAP_MS;
}

/**
 * Returns whether something learned at `at` must be read again at `now` (both versions of the org's time), regardless
 * of count and stamp. After a clock was set back, it must.
 */
export function isHourOld(at: number, now: number): boolean {
  return now < at || now - at >= HOURLY_MS;
}
