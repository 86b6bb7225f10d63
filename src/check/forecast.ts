import type { ObjectName } from '../objects/index.ts';
import { ROWS_A_COUNT } from '../sync/ledger-search.ts';

/** The sizes of one object. */
export interface ObjectSize {
  readonly object: ObjectName;
  /** Records that a complete backfill reads; null: unknown. */
  readonly records: number | null;
  readonly shareObject: string;
  /** Rows of the share object; null: unknown, or not read. */
  readonly shareRows: number | null;
  /** Which of the two were not counted, but estimated by the org. An estimate covers all rows. */
  readonly estimated: readonly ('records' | 'shareRows')[];
}

/** An object as a run reads it. */
export interface ReadObject extends ObjectSize {
  readonly readsRecords: boolean;
  readonly readsShares: boolean;
  /** Runs search its changed share rows by ranges of records, because the org takes too long to filter by date. */
  readonly sharesByRanges?: boolean;
}

export interface Costs {
  readonly objects: readonly ReadObject[];
  /** Rows of each membership table that a complete backfill reads; one page if unknown. */
  readonly tableRows: readonly number[];
  /** Queries that tell a run which of these tables changed. */
  readonly probes: number;
  /** sObjects that a run describes. */
  readonly describes: number;
  /** Objects whose filter a run tests before it begins. */
  readonly filters: number;
  /** Records in one reply. */
  readonly pageSize: number;
  /** Records in one slice of a complete backfill. */
  readonly sliceRecords: number;
  /** Seconds to read and write a full page. */
  readonly secondsPerPage: number;
}

export interface Cadence {
  readonly runsPerDay: number;
  /** The shortest time between two runs, in seconds. */
  readonly tickSeconds: number;
  readonly completeBackfillFrequency: number;
  /** The org's limit of API requests in 24 hours; null: unknown. */
  readonly limit: number | null;
}

export interface Forecast {
  /** The first complete backfill, with the incremental passes that are due in the meantime. */
  readonly firstBackfill: { readonly calls: number; readonly seconds: number };
  readonly incrementalCalls: number;
  readonly runsPerDay: number;
  readonly callsPerDay: number;
  /** `callsPerDay` in percent of the org's limit; null: the limit is unknown. */
  readonly percentOfLimit: number | null;
  /** The smallest complete_backfill_frequency that fits; null: none fits, or the limit is unknown. */
  readonly fittingFrequency: number | null;
  /** Incremental runs a day that half the limit allows; null: the limit is unknown. */
  readonly affordableRuns: number | null;
}

/** A /composite carries 25 subrequests, five queries among them. */
const QUERIES_A_CALL = 5;
const SUBREQUESTS_A_CALL = 25;

/** One client should leave this part of the org's limit to the others. */
const SHARE_OF_LIMIT = 0.5;

/** A complete backfill should take at most half the time between two of them. */
const SHARE_OF_TIME = 0.5;

/**
 * The API calls and the time that syncing takes, from the org's sizes and the settings. Pure. Changes are not included.
 * For them an incremental run needs, in addition:
 * - a call for each further page;
 * - a call for five changed membership tables;
 * - a call for the share rows of 2,500 changed parents, or of 1,250 changed records of a filtered object;
 * - up to ten calls (a hundred for a huge table) to find an object's removed share rows;
 * - if dates are too slow, a call for five changed ranges.
 */
export function forecast(costs: Costs, cadence: Cadence): Forecast {
  const { runsPerDay, tickSeconds, completeBackfillFrequency: frequency, limit } = cadence;
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

  /** Solves `perDay(f) <= budget`, and leaves a backfill enough time to finish. */
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

/** Describes and probes share calls. */
function describeCalls({ describes, probes }: Costs): number {
  return Math.max(callsFor(probes), Math.ceil((describes + probes) / SUBREQUESTS_A_CALL));
}

/** The other tables decide which assignments are read: one call counts them, another reads them. */
const ASSIGNMENT_CALLS = 2;

/** The membership tables: five a call, and a call for each further page. */
function membershipCalls({ tableRows, pageSize }: Costs): number {
  const further = tableRows.reduce((sum, rows) => sum + pagesOf(rows, pageSize) - 1, 0);
  return callsFor(tableRows.length - 1) + ASSIGNMENT_CALLS + further;
}

/**
 * The objects' changes, if there are few: a query for each stream of records and of share rows, and a count of each
 * share table, which shows removed rows. If dates are too slow, a full round of counts replaces both.
 */
function changeCalls({ objects }: Costs): number {
  const records = objects.filter((object) => object.readsRecords);
  const shares = records.filter((object) => object.readsShares);
  const dated = shares.filter((object) => !object.sharesByRanges);
  const counts = dated.reduce((sum, { shareRows }) => sum + rangesOf(shareRows), 0);
  const rounds = shares.filter((object) => object.sharesByRanges).map(({ shareRows }) => callsFor(rangesOf(shareRows)));
  return callsFor(records.length + dated.length) + callsFor(counts) + rounds.reduce((sum, calls) => sum + calls, 0);
}

/** The number of ranges in which share rows are counted. */
function rangesOf(shareRows: number | null): number {
  return Math.max(1, Math.ceil((shareRows ?? 0) / ROWS_A_COUNT));
}

/** The pages of all slices. It assumes that share rows are spread evenly over the slices. */
function backfillPages({ objects, pageSize, sliceRecords }: Costs): number {
  return objects.reduce((sum, object) => {
    const records = object.readsRecords ? (object.records ?? 0) : 0;
    // A short slice is the last one. If all are full, an empty one follows.
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
