import type { ParentRange } from '../index/port/ledger.ts';
import { isRecordId } from '../lib/record-ids.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { narrowed, type SoqlQuery } from '../soql/query.ts';
import { isTooLarge } from './by-ids.ts';
import { inHalves, inParts } from './halves.ts';
import { readKeyset } from './keyset.ts';
import { queryMany, type ReadQuery } from './query-many.ts';
import { QuerySizes } from './query-sizes.ts';
import { inRange } from './soql.ts';

/** Tables whose Ids are not unique or begin with `000`. They are read by ranges of their parents. */
const BY_PARENTS: ReadonlySet<string> = new Set(['ObjectPermissions', 'FieldPermissions']);

/** It has no Id. */
const NEVER_IN_RANGES: ReadonlySet<string> = new Set(['EntityDefinition']);

/**
 * Limits of a query's size by table, learned from the org. A worker remembers them for an hour, because what took too
 * long will do so again in the next run.
 */
export class TableSizes {
  /** Number of rows per query, for tables that are read in the order of their Ids. */
  readonly rows = new QuerySizes();
  /** Number of parents whose rows one query reads. */
  readonly parents = new Map<string, number>();

  areKnownOf(table: string): boolean {
    return this.rows.of(table) !== null || this.parents.has(table);
  }
}

/** The inputs for reading whole tables, apart from the queries. */
export interface WholeReading {
  readonly sizes: TableSizes;
  /** The known permission sets, for when PermissionSet is not among the queries. */
  readonly parents: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Reads whole tables, five per call. A table that takes the org too long is read by ranges of its Ids, or of its
 * parents.
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
 * Reads all rows of some parents at a time, because a keyset would need an order among a parent's rows. Returns null if
 * no parents are known. However the org orders ids, each row is in at least one of the ranges; if its order differs
 * from ours, a row may be in two.
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

/** Returns the permission sets among what was read; null if they were not read. */
function setsIn(outcomes: ReadonlyMap<ReadQuery, QueryOutcome | undefined>): string[] | null {
  for (const [{ soql }, outcome] of outcomes)
    if (soql.from === 'PermissionSet' && outcome?.ok === true)
      return outcome.records.map(({ Id }) => Id).filter((id): id is string => isRecordId(String(id)));
  return null;
}
