import type { BatchQuery, QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { isTooLarge } from './by-ids.ts';
import { readKeyset } from './keyset.ts';
import { queryMany } from './query-many.ts';
import { QuerySizes } from './query-sizes.ts';

/** Not in the order of their Ids, for some have none of their own. */
const WITHOUT_IDS = new Set(['EntityDefinition', 'ObjectPermissions']);

/** `SELECT … FROM X`, with a WHERE or without; nothing after it. */
const WHOLE = /^SELECT (?<columns>.+?) FROM (?<table>\w+)(?: WHERE (?<where>.+))?$/;

/** Reads whole tables, five a call; one over which the org takes too long is read by ranges of its Ids. */
export async function readWholeTables(
  salesforce: Salesforce,
  queries: readonly BatchQuery[],
  signal: AbortSignal,
): Promise<QueryOutcome[]> {
  const outcomes = await queryMany(salesforce, queries, signal);
  for (const [at, query] of queries.entries()) {
    if (isTooLarge(outcomes[at])) outcomes[at] = (await byRanges(salesforce, query, signal)) ?? outcomes[at];
  }
  return outcomes;
}

async function byRanges(
  salesforce: Salesforce,
  { soql, ...query }: BatchQuery,
  signal: AbortSignal,
): Promise<QueryOutcome | null> {
  const { columns = '', table = '', where } = WHOLE.exec(soql)?.groups ?? {};
  if (table === '' || WITHOUT_IDS.has(table)) return null;
  const names = [...new Set(['Id', ...columns.split(', ')])].join(', ');
  const rangeOf = (after: SalesforceRecord | null, limit: number | null): string => {
    const conditions = [...(where ? [where] : []), ...(after === null ? [] : [`Id > '${after.Id}'`])];
    const clause = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    return `SELECT ${names} FROM ${table}${clause} ORDER BY Id${limit === null ? '' : ` LIMIT ${limit}`}`;
  };
  const sizes = new QuerySizes();
  sizes.narrow(table, null);
  const records: SalesforceRecord[] = [];
  for await (const page of readKeyset(salesforce, { what: table, soql: rangeOf, rows: null, ...query }, sizes, signal))
    for (const record of page.records) records.push(record);
  return { ok: true, records, totalSize: records.length };
}
