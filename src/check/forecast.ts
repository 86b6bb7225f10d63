import type { ObjectName } from '../objects/index.ts';
import { ROWS_A_COUNT } from '../sync/ledger-search.ts';

/** What is counted of one object. */
export interface ObjectSize {
  readonly object: ObjectName;
  /** Records that a complete backfill reads; null: nobody knows. */
  readonly records: number | null;
  readonly shareObject: string;
  /** Rows of the share object; null: nobody knows, or they are not read. */
  readonly shareRows: number | null;
  /** Those of the two that were not counted: the org's estimate, of all rows that there are. */
  readonly estimated: readonly ('records' | 'shareRows')[];
}

/** An object as a run reads it. */
export interface ReadObject extends ObjectSize {
  readonly readsRecords: boolean;
  readonly readsShares: boolean;
  /** Its changed share rows are looked for by ranges of records, for the org takes too long over their dates. */
  readonly sharesByRanges?: boolean;
}

export interface Costs {
  readonly objects: readonly ReadObject[];
  /** Rows of each table of who is who that a complete backfill reads; where it is not known, a page is taken. */
  readonly tableRows: readonly number[];
  /** Queries by which a run learns which of them have changed. */
  readonly probes: number;
  /** sObjects that a run describes. */
  readonly describes: number;
  /** Objects whose filter a run tries before it begins. */
  readonly filters: number;
  /** Records in one reply. */
  readonly pageSize: number;
  /** Records in one slice of a complete backfill. */
  readonly sliceRecords: number;
  /** Seconds until a full page is read and written. */
  readonly secondsPerPage: number;
}

export interface Rhythm {
  readonly runsPerDay: number;
  /** Seconds between the two closest runs. */
  readonly tickSeconds: number;
  readonly completeBackfillFrequency: number;
  /** API requests of the org in 24 hours; null: it has not said. */
  readonly limit: number | null;
}

export interface Forecast {
  /** The first complete backfill, incremental passes that fall due meanwhile included. */
  readonly firstBackfill: { readonly calls: number; readonly seconds: number };
  readonly incrementalCalls: number;
  readonly runsPerDay: number;
  readonly callsPerDay: number;
  /** `callsPerDay` in percent of the org's limit; null: the limit is not known. */
  readonly percentOfLimit: number | null;
  /** The smallest complete_backfill_frequency that fits; null: none does, or the limit is not known. */
  readonly fittingFrequency: number | null;
  /** Runs a day that half the limit pays for, if none were complete; null: the limit is not known. */
  readonly affordableRuns: number | null;
}

/** A /composite carries 25 subrequests, five queries among them. */
const QUERIES_A_CALL = 5;
const SUBREQUESTS_A_CALL = 25;

/** The share of the org's limit that one client should leave to the others. */
const SHARE_OF_LIMIT = 0.5;

/** Complete backfills should be done in half the time between two of them. */
const SHARE_OF_TIME = 0.5;

/**
 * API calls and time of a sync. Pure: what a run asks for, from the org's sizes and the settings. Changes are not in it:
 * an incremental run pays for each further page, a call for five changed tables of who is who, a call for the share rows
 * of every 2,500 changed parents, or of 1,250 changed records of an object that is filtered, up to ten calls (of a huge
 * table a hundred) for what share rows of an object were removed, and where dates are too slow, a call for every five
 * ranges in which something has changed.
 */
export function forecast(costs: Costs, rhythm: Rhythm): Forecast {
  const { runsPerDay, tickSeconds, completeBackfillFrequency: frequency, limit } = rhythm;
  const before = describeCalls(costs) + callsFor(costs.filters);
  const incremental = before + changeCalls(costs);
  const pages = backfillPages(costs);
  const seconds = pages * costs.secondsPerPage;
  const passes = Math.floor(seconds / tickSeconds) * (callsFor(costs.probes) + changeCalls(costs));
  const counts = callsFor(costs.objects.filter((object) => object.readsRecords).length);
  const complete = before + counts + membershipCalls(costs) + pages + passes;

  const perDay = (every: number): number =>
    (runsPerDay / every) * complete + runsPerDay * (1 - 1 / every) * incremental;
  const budget = limit === null ? null : limit * SHARE_OF_LIMIT;
  const callsPerDay = Math.round(perDay(frequency));
  return {
    firstBackfill: { calls: complete, seconds: Math.round(seconds) },
    incrementalCalls: incremental,
    runsPerDay,
    callsPerDay,
    percentOfLimit: limit === null || limit === 0 ? null : (callsPerDay / limit) * 100,
    fittingFrequency: budget === null ? null : fitting(budget),
    affordableRuns: budget === null ? null : Math.floor(budget / incremental),
  };

  /** Solves `perDay(f) <= budget`, and leaves a backfill the time to end. */
  function fitting(calls: number): number | null {
    const left = calls - runsPerDay * incremental;
    if (left <= 0) return null;
    const byCalls = Math.ceil((runsPerDay * (complete - incremental)) / left);
    const byTime = Math.ceil(seconds / SHARE_OF_TIME / tickSeconds);
    return Math.max(1, byCalls, byTime);
  }
}

function callsFor(queries: number): number {
  return Math.ceil(queries / QUERIES_A_CALL);
}

/** Describes and probes ride in the same calls. */
function describeCalls({ describes, probes }: Costs): number {
  return Math.max(callsFor(probes), Math.ceil((describes + probes) / SUBREQUESTS_A_CALL));
}

/** Which assignments are read is known after the other tables: a count of them, and a reading. */
const ASSIGNMENT_CALLS = 2;

/** Who is who: five tables a call, and a call for each further page. */
function membershipCalls({ tableRows, pageSize }: Costs): number {
  const further = tableRows.reduce((sum, rows) => sum + pagesOf(rows, pageSize) - 1, 0);
  return callsFor(tableRows.length - 1) + ASSIGNMENT_CALLS + further;
}

/**
 * What has changed of the objects, when little has: a query for each stream of records and of shares, and a count of each
 * share table, by which removed rows are noticed. Where dates are too slow, counts take the place of both: a full round of
 * them.
 */
function changeCalls({ objects }: Costs): number {
  const records = objects.filter((object) => object.readsRecords);
  const shares = records.filter((object) => object.readsShares);
  const dated = shares.filter((object) => !object.sharesByRanges);
  const counts = dated.reduce((sum, { shareRows }) => sum + rangesOf(shareRows), 0);
  const rounds = shares.filter((object) => object.sharesByRanges).map(({ shareRows }) => callsFor(rangesOf(shareRows)));
  return callsFor(records.length + dated.length) + callsFor(counts) + rounds.reduce((sum, calls) => sum + calls, 0);
}

/** In how many ranges share rows are counted. */
function rangesOf(shareRows: number | null): number {
  return Math.max(1, Math.ceil((shareRows ?? 0) / ROWS_A_COUNT));
}

/** Pages of all slices. Share rows are taken to be spread evenly over the slices. */
function backfillPages({ objects, pageSize, sliceRecords }: Costs): number {
  return objects.reduce((sum, object) => {
    const records = object.readsRecords ? (object.records ?? 0) : 0;
    // The last slice is the one that comes short; where none does, an empty one follows.
    const slices = Math.floor(records / sliceRecords) + 1;
    const rest = records % sliceRecords;
    const recordPages = (slices - 1) * pagesOf(sliceRecords, pageSize) + pagesOf(rest, pageSize);
    const sharePages = slices * pagesOf((object.shareRows ?? 0) / slices, pageSize);
    return sum + (object.readsRecords ? recordPages : 0) + (object.readsShares ? sharePages : 0);
  }, 0);
}

/** An empty result is a page too. */
function pagesOf(rows: number, pageSize: number): number {
  return Math.max(1, Math.ceil(rows / pageSize));
}
