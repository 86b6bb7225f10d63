import type { ParentRange } from '../index/port.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { isRecordId } from '../soql/literals.ts';
import { narrowed, type SoqlQuery } from '../soql/query.ts';
import { isTooLarge } from './by-ids.ts';
import { inHalves, inParts } from './halves.ts';
import { readKeyset } from './keyset.ts';
import { queryMany, type ReadQuery } from './query-many.ts';
import { QuerySizes } from './query-sizes.ts';
import { inRange } from './soql.ts';

/** Rows whose Ids do not tell them apart, or whose Ids begin with `000`: they are read by ranges of their parents. */
const BY_PARENTS: ReadonlySet<string> = new Set(['ObjectPermissions', 'FieldPermissions']);

/** It has no Id. */
const NEVER_IN_RANGES: ReadonlySet<string> = new Set(['EntityDefinition']);

/**
 * How much of a table a query may ask for, by what the org has shown. A worker keeps it for an hour: what took too long
 * does so again in the next run.
 */
export class TableSizes {
  /** Rows of tables that are read in the order of their Ids. */
  readonly rows = new QuerySizes();
  /** Parents whose rows are read by one query. */
  readonly parents = new Map<string, number>();

  areKnownOf(table: string): boolean {
    return this.rows.of(table) !== null || this.parents.has(table);
  }
}

/** What reading whole tables depends on beside the queries. */
export interface WholeReading {
  readonly sizes: TableSizes;
  /** The permission sets that are known, where PermissionSet is not among the queries. */
  readonly parents: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Reads whole tables, five a call. One over which the org takes too long is read by ranges of its Ids, or of its parents.
 */
export async function readWholeTables(
  salesforce: Salesforce,
  queries: readonly ReadQuery[],
  { sizes, parents, signal }: WholeReading,
): Promise<QueryOutcome[]> {
  const atOnce = queries.filter(({ soql }) => !sizes.areKnownOf(soql.from));
  const answers = await queryMany(salesforce, atOnce, signal);
  const outcomes = new Map(atOnce.map((query, at) => [query, answers[at]]));
  for (const query of queries) {
    const outcome = outcomes.get(query);
    if (outcome !== undefined && !isTooLarge(outcome)) continue;
    const { from: table } = query.soql;
    if (NEVER_IN_RANGES.has(table)) continue;
    const inRanges = BY_PARENTS.has(table)
      ? await byParents(salesforce, query, setsIn(outcomes) ?? parents, sizes, signal)
      : await byIds(salesforce, query, sizes.rows, signal);
    outcomes.set(query, inRanges ?? outcome ?? (await queryMany(salesforce, [query], signal))[0]);
  }
  return queries.map((query) => {
    const outcome = outcomes.get(query);
    if (outcome === undefined) throw new Error(`the query of ${query.soql.from} was not answered`);
    return outcome;
  });
}

async function byIds(
  salesforce: Salesforce,
  { soql, ...options }: ReadQuery,
  sizes: QuerySizes,
  signal: AbortSignal,
): Promise<QueryOutcome> {
  const { from: table } = soql;
  const select = [...new Set(['Id', ...soql.select])];
  const rangeOf = (after: SalesforceRecord | null, limit: number | null): SoqlQuery => {
    const range = inRange('Id', { after: after === null ? null : String(after.Id), upTo: null });
    return { ...narrowed(soql, ...range), select, orderBy: ['Id'], limit };
  };
  if (sizes.of(table) === null) sizes.narrow(table, null);
  const records: SalesforceRecord[] = [];
  const keyset = { what: table, soql: rangeOf, rows: null, ...options };
  for await (const page of readKeyset(salesforce, keyset, sizes, signal))
    for (const record of page.records) records.push(record);
  return { ok: true, records, totalSize: records.length };
}

/**
 * All rows of some parents together: a keyset would need an order among a parent's rows. null: no parents are known.
 * Whatever the org's order of ids is, each row lies in one of the ranges; in an order other than ours in two, perhaps.
 */
async function byParents(
  salesforce: Salesforce,
  { soql, ...options }: ReadQuery,
  parents: readonly string[],
  { parents: sizes }: TableSizes,
  signal: AbortSignal,
): Promise<QueryOutcome | null> {
  const sorted = parents.toSorted();
  const ranges = sorted.map((id, at): ParentRange => {
    return { after: sorted[at - 1] ?? null, upTo: at === sorted.length - 1 ? null : id };
  });
  if (ranges.length === 0) return null;
  const query = (some: readonly ParentRange[]): ReadQuery => {
    const after = some[0]?.after ?? null;
    const upTo = some.at(-1)?.upTo ?? null;
    return { ...options, soql: narrowed(soql, ...inRange('ParentId', { after, upTo })) };
  };
  const size = sizes.get(soql.from) ?? Math.ceil(ranges.length / 2);
  const answered = await inHalves(salesforce, inParts(ranges, size), query, signal);
  sizes.set(soql.from, Math.min(size, ...answered.slice(0, -1).map(({ items }) => items.length)));
  const records: SalesforceRecord[] = [];
  let totalSize = 0;
  for (const { outcome } of answered) {
    if (!outcome.ok) return outcome;
    for (const record of outcome.records) records.push(record);
    totalSize += outcome.totalSize;
  }
  return { ok: true, records, totalSize };
}

/** The permission sets among what was read; null: they were not read. */
function setsIn(outcomes: ReadonlyMap<ReadQuery, QueryOutcome | undefined>): string[] | null {
  for (const [{ soql }, outcome] of outcomes)
    if (soql.from === 'PermissionSet' && outcome?.ok === true)
      return outcome.records.map(({ Id }) => Id).filter((id): id is string => isRecordId(String(id)));
  return null;
}
