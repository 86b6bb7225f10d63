import { resolveMembership } from '../access/membership.ts';
import { membershipQueries } from '../access/queries.ts';
import type { OrgTables, TableName } from '../access/tables.ts';
import type { Closed, ContactDerivation } from '../access/types.ts';
import type { BackfillOpening, IndexWriter, Ticket } from '../index/port.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { Selection } from './selection.ts';
import { checkSelection, filterChanges } from './selection-change.ts';
import { readWholeTables } from './whole-tables.ts';

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

  const { fields } = selection.indexed;
  const wanted: ContactDerivation = resolveMembership(tables, { fields, now, frozenUsers, documents: null }).contacts;
  const { selection: before } = await index.state();
  const backfill = backfillStart === null ? null : opening(selection, backfillStart, wanted, before);
  await index.begin(ticket, backfill);
  const state = await index.state();
  checkSelection(state, selection);

  const resolved = resolveMembership(tables, { fields, now, frozenUsers, documents: state.contacts });
  const closed = [...selection.closed, ...resolved.closed];
  const { members } = await index.replaceMembership(ticket, { asOf, closed, fields }, resolved.members, resolved.names);
  return { members, closed, contactsClosed: resolved.contactsClosed };
}

function opening(
  selection: Selection,
  start: string,
  contacts: ContactDerivation,
  before: string | null,
): BackfillOpening {
  const { text, indexed } = selection;
  return { start, selection: text, contacts, indexed, unguarded: filterChanges(before, text) };
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
  const answers = await readWholeTables(
    salesforce,
    asked.map(({ table, soql }) => ({ soql, allowFewer: /^(Field|Object)Permissions$/.test(table) })),
    signal,
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
