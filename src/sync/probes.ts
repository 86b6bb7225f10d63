import { MEMBERSHIP_TABLES, probeQuery, wholeQuery } from '../access/queries.ts';
import type { TableName } from '../access/tables.ts';
import type { TableReading } from '../index/port.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { Describes } from './selection.ts';
import { iso, OVERLAP_MS } from './stamps.ts';

/** A row each, or a handful: to read them costs what to probe them would. EntityDefinition has no aggregates. */
const SIMPLY_READ: readonly TableName[] = ['Organization', 'EntityDefinition'];

export interface Probe {
  readonly count: number;
  /** ISO; null: the org named no stamp. */
  readonly newest: string | null;
}

/** What the org says of its tables before any of them is read. */
export interface Probes {
  /** The org's time just before the first of them, as a version. */
  readonly at: number;
  readonly tables: ReadonlyMap<TableName, Probe>;
  /** Tables that were simply read, and how they were asked for. */
  readonly rows: ReadonlyMap<TableName, { readonly soql: string; readonly records: readonly SalesforceRecord[] }>;
}

export const PROBED_TABLES: readonly TableName[] = MEMBERSHIP_TABLES.filter((table) => !SIMPLY_READ.includes(table));

/** A query a table, five to an API call. */
export const PROBE_QUERIES: readonly string[] = MEMBERSHIP_TABLES.map((table) =>
  SIMPLY_READ.includes(table) ? wholeQuery(table) : probeQuery(table),
);

/**
 * Asks of every table whether it has changed, and describes sObjects in the same calls: three, with up to 60 sObjects.
 * What the org refuses to count is read.
 */
export async function probeTables(
  salesforce: Salesforce,
  signal: AbortSignal,
  describes: readonly string[] = [],
): Promise<Probes & { readonly describes: Describes }> {
  // A worker that takes over a run that is about to begin has had no reply yet.
  if (salesforce.clock.lastDate === null) await salesforce.authenticate({ signal });
  const at = salesforce.clock.now();
  const asked = await salesforce.compositeBatch({ queries: PROBE_QUERIES, describes }, { signal });
  return { at, ...answered(asked.queries), describes: asked.describes };
}

function answered(answers: readonly QueryOutcome[]): Pick<Probes, 'tables' | 'rows'> {
  const tables = new Map<TableName, Probe>();
  const rows = new Map<TableName, { soql: string; records: readonly SalesforceRecord[] }>();
  MEMBERSHIP_TABLES.forEach((table, position) => {
    const answer = answers[position];
    if (answer?.ok !== true) return;
    if (SIMPLY_READ.includes(table)) {
      rows.set(table, { soql: wholeQuery(table), records: answer.records });
      return;
    }
    const { n, newest } = answer.records[0] ?? {};
    if (typeof n === 'number') tables.set(table, { count: n, newest: typeof newest === 'string' ? iso(newest) : null });
  });
  return { tables, rows };
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
