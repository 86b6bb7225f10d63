import type { TableReading } from '../index/port.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import { iso, OVERLAP_MS } from './stamps.ts';

/** What the org says of a table's rows, or of some of them, before they are read. */
export interface Probe {
  readonly count: number;
  /** ISO; null: the org named no stamp. */
  readonly newest: string | null;
}

/** A bit less than the hour that is promised, so that the run before its end reads, and not the one after it. */
const HOURLY_MS = 50 * 60_000;

/** The answer to `probeQuery`; null: the org does not count. */
export function probeIn(answer: QueryOutcome | undefined): Probe | null {
  if (answer?.ok !== true) return null;
  const { n, newest } = answer.records[0] ?? {};
  return typeof n === 'number' ? { count: n, newest: typeof newest === 'string' ? iso(newest) : null } : null;
}

/** Probes of parts as one of the whole; null where one of them is missing. */
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
 * A reading by which the next run may go; null where it shows that rows came or went between probe and reading: were
 * they undone until the next probe, count and stamp would be the old ones again.
 *
 * @param at the org's time just before the rows were asked for, as a version
 * @param totalSize how many rows the org had then
 */
export function readingOf(soql: string, at: number, probe: Probe, totalSize: number): TableReading | null {
  return totalSize === probe.count ? { soql, at, ...probe } : null;
}

/**
 * Whether a table's rows are still those that were read. What commits late carries an older stamp: so the reading tells
 * only of stamps that were older than a transaction lasts when it was made.
 *
 * @param since what was read before this version of the org's time counts for nothing
 */
export function isUnchanged(reading: TableReading, probe: Probe, since: number): boolean {
  if (reading.at < since || reading.count !== probe.count) return false;
  if (probe.count === 0) return true;
  if (probe.newest === null || probe.newest !== reading.newest) return false;
  return reading.at >= Date.parse(probe.newest) + OVERLAP_MS;
}

/**
 * Whether what was learned at `at` must be learned again at `now` (both versions of the org's time), whatever count and
 * stamp say. A clock that was set back proves nothing.
 */
export function isHourOld(at: number, now: number): boolean {
  return now < at || now - at >= HOURLY_MS;
}
