import { resolveMembership } from '../access/membership.ts';
import { membershipQueries } from '../access/queries.ts';
import type { OrgTables, TableName } from '../access/tables.ts';
import type { Closed, ContactDerivation } from '../access/types.ts';
import type { IndexWriter, Ticket } from '../index/port.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { Selection } from './selection.ts';

export interface MembershipInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  /** The open complete backfill's start; null: an incremental run. */
  readonly backfillStart: string | null;
  readonly frozenUsers: 'closed' | 'open';
  readonly signal: AbortSignal;
}

export interface MembershipOutput {
  readonly members: number;
  readonly closed: readonly Closed[];
  readonly contactsClosed: boolean;
}

/**
 * Reads who is who, has the index begin (or go on with) the run, and writes a new generation of the membership table.
 * No document is rewritten.
 */
export async function refreshMembership(input: MembershipInput): Promise<MembershipOutput> {
  const { salesforce, index, ticket, selection, backfillStart, frozenUsers, signal } = input;
  const asOf = salesforce.clock.now();
  const tables = await readTables(salesforce, selection, signal);
  const now = new Date(salesforce.clock.now()).toISOString();

  const wanted: ContactDerivation = resolveMembership(tables, { now, frozenUsers, documents: null }).contacts;
  const backfill =
    backfillStart === null ? null : { start: backfillStart, selection: selection.text, contacts: wanted };
  await index.begin(ticket, backfill);
  const { contacts: documents } = await index.state();

  const resolved = resolveMembership(tables, { now, frozenUsers, documents });
  const closed = [...selection.closed, ...resolved.closed];
  const { members } = await index.replaceMembership(ticket, { asOf, closed }, resolved.members, resolved.names);
  return { members, closed, contactsClosed: resolved.contactsClosed };
}

/** Every table that a membership generation is computed from; three API calls, and one for each further page. */
export async function readTables(
  salesforce: Salesforce,
  selection: Selection,
  signal: AbortSignal,
): Promise<OrgTables> {
  const queries = membershipQueries((table) => {
    const described = selection.describes.get(table);
    return described ? new Set(described.fields.map((field) => field.name)) : null;
  });
  const asked = queries.filter((query) => query.soql !== null);
  // Rows of permissions on objects that the integration user does not see are left out of the answer, by rule.
  const answers = await salesforce.queryMany(
    asked.map(({ table, soql }) => ({ soql, allowFewer: /^(Field|Object)Permissions$/.test(table) })),
    { signal },
  );
  const tables: Partial<Record<TableName, unknown>> = {};
  for (const query of queries) {
    if (query.soql === null) tables[query.table] = { rows: null, reason: query.reason };
  }
  asked.forEach(({ table }, at) => {
    const answer = answers[at];
    if (answer === undefined) throw new Error(`the query of ${table} was not answered`);
    // What passes must not look like a lost right: it would close the search for everybody.
    if (!answer.ok && answer.error.retry !== 'give-up') throw answer.error;
    tables[table] = answer.ok ? { rows: answer.records } : { rows: null, reason: answer.error.message };
  });
  const described = Object.fromEntries(
    OBJECT_NAMES.map((name) => [name, selection.describes.get(name)?.fields ?? null]),
  );
  return { ...tables, described } as OrgTables;
}
