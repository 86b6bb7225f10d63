import type { CoverageGap } from '../access/coverage-gaps.ts';
import { contactDerivation, membershipInSteps } from '../access/membership.ts';
import type { ContactDerivation } from '../access/types.ts';
import { blindSpots } from '../check/blind-spots.ts';
import { rightsInTables } from '../check/evidence.ts';
import { sightsOf } from '../check/sights.ts';
import type { IndexState, IndexWriter, Ticket } from '../index/port.ts';
import { type Unserved, unservedInSteps } from '../index/unserved.ts';
import { decidedFields } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { AssignmentPlan } from './assignments.ts';
import { breathing } from './breathing.ts';
import { checkClock } from './check-clock.ts';
import { describedFields, isAllRead, type ReadTables, readChangedTables, tableQueries } from './org-tables.ts';
import { type Probes, probeTables } from './probes.ts';
import type { Selection } from './selection.ts';
import type { TableSizes } from './whole-tables.ts';

export interface MembershipInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  /** The tables of who is who were described in an earlier run: a column that a query names may be gone. */
  readonly mayBeOutdated: boolean;
  /** What the org said of its tables when the run began; null: it is asked now. */
  readonly probes: Probes | null;
  /** The generation that this process made last; null: it has made none, and what is current may be other code's. */
  readonly made: MadeMembership | null;
  /** The open complete backfill's start; null: an incremental run. */
  readonly backfillStart: string | null;
  readonly frozenUsers: 'closed' | 'open';
  readonly sizes: TableSizes;
  readonly signal: AbortSignal;
}

/** A generation, and what it depends on beside the tables that are probed: the same again makes the same. */
export interface MadeMembership {
  readonly indexId: string;
  readonly asOf: number;
  readonly basis: string;
  /** The assignments that it was made of. */
  readonly assignments: AssignmentPlan | null;
  /** What the index's contacts had when it was made, and what the org-wide default asked for. */
  readonly documents: IndexState['contacts'];
  readonly wanted: ContactDerivation;
  readonly members: number;
  readonly gaps: readonly CoverageGap[];
  readonly unserved: Unserved;
  readonly contactsClosed: boolean;
  readonly sights: ReturnType<typeof sightsOf>;
  /** Until when the integration user's rights are these, ISO; null: for good. */
  readonly rightsEndAt: string | null;
}

/** What the generation is to hold: what this process made last, which is still true, or what has been read again. */
export type WhoIsWho = (
  | { readonly kind: 'known'; readonly made: MadeMembership }
  | { readonly kind: 'read'; readonly read: ReadTables }
) & {
  readonly probes: Probes;
  readonly basis: string;
  /** The org's time from which rights are looked at, ISO. */
  readonly now: string;
  /** How contacts' documents are to be derived. */
  readonly contacts: ContactDerivation;
};

/** Reads the tables of who is who that have changed since the current generation was made. Writes nothing. */
export async function readWhoIsWho(input: MembershipInput): Promise<WhoIsWho> {
  const { salesforce, index, made, signal } = input;
  const probes = input.probes ?? (await probeTables(salesforce, { assignments: made?.assignments ?? null }, signal));
  await checkClock(salesforce, index, signal);
  const basis = basisOf(input, probes);
  const facts = { probes, basis, now: new Date(salesforce.clock.now()).toISOString() };
  const known = await stillTrue(input, probes, basis);
  if (known !== null) return { ...facts, kind: 'known', made: known, contacts: known.wanted };
  const read = await readAgain(input, probes);
  return { ...facts, kind: 'read', read, contacts: contactDerivation(read.tables) };
}

/**
 * Makes who is who the index's current generation, unless that is the one already: then the index notes that it is still
 * true. No document is rewritten.
 *
 * @param documents what the index's contacts have
 */
export async function makeMembership(
  input: MembershipInput,
  who: WhoIsWho,
  documents: IndexState['contacts'],
): Promise<MadeMembership> {
  const { index, ticket } = input;
  const asOf = who.probes.at;
  if (who.kind === 'known' && who.made.documents === documents) {
    if (await index.confirmMembership(ticket, who.made.asOf, asOf)) return { ...who.made, asOf };
  }
  const read = who.kind === 'read' ? who.read : await readAgain(input, who.probes);
  return replaceMembership(input, read, who, documents);
}

async function replaceMembership(
  { salesforce, index, ticket, selection, frozenUsers }: MembershipInput,
  { tables, readings, assignments }: ReadTables,
  { probes: { at: asOf }, basis, now, contacts: wanted }: WhoIsWho,
  documents: IndexState['contacts'],
): Promise<MadeMembership> {
  const fields = decidedFields(selection.indexed);
  const resolved = await breathing(membershipInSteps(tables, { fields, now, frozenUsers, documents }));
  const own = rightsInTables(tables, salesforce.userId ?? '', Date.parse(now));
  const gaps = [...selection.gaps, ...resolved.gaps, ...blindSpots(tables, selection, own.rights, frozenUsers)];
  const { groups, shared, contactsClosed } = resolved;
  const generation = { asOf, gaps, fields, groups, shared, tables, readings };
  const { members } = await index.replaceMembership(ticket, generation, resolved.members, resolved.names);
  const unserved = await breathing(unservedInSteps(resolved.names));
  const sights = sightsOf(tables, selection, own);
  const { endsAt: rightsEndAt } = own.rights;
  const facts = { indexId: ticket.indexId, asOf, basis, assignments, documents, wanted, members };
  return { ...facts, gaps, unserved, contactsClosed, sights, rightsEndAt };
}

/** The generation that this process made, where it is the current one and nothing that it depends on has changed. */
async function stillTrue(input: MembershipInput, probes: Probes, basis: string): Promise<MadeMembership | null> {
  const { index, ticket, selection, made } = input;
  if (made === null || made.indexId !== ticket.indexId || made.basis !== basis) return null;
  if (made.rightsEndAt !== null && probes.at >= Date.parse(made.rightsEndAt)) return null;
  const held = await index.membershipReadings();
  if (held?.asOf !== made.asOf) return null;
  if (!isAllRead(selection, made.assignments, probes, held.readings, since(input))) return null;
  // The same sets, in queries that the org answers in time.
  return { ...made, assignments: probes.assignments?.plan ?? made.assignments };
}

async function readAgain(input: MembershipInput, probes: Probes): Promise<ReadTables> {
  const held = await input.index.membershipTables();
  return readChangedTables(input, probes, held, since(input));
}

/** A complete backfill takes nothing on trust that was read before it began. */
function since({ backfillStart }: MembershipInput): number {
  return backfillStart === null ? 0 : Date.parse(backfillStart);
}

function basisOf({ selection, frozenUsers }: MembershipInput, probes: Probes): string {
  const queries = tableQueries(selection);
  const described = describedFields(selection);
  return JSON.stringify([selection.indexed.fields, selection.gaps, frozenUsers, queries, described, [...probes.rows]]);
}
