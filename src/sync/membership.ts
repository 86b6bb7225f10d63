import { contactDerivation, membershipInSteps } from '../access/membership.ts';
import type { Closed, ContactDerivation } from '../access/types.ts';
import { blindSpots } from '../check/blind-spots.ts';
import { rightsInTables } from '../check/evidence.ts';
import { sightsOf } from '../check/sights.ts';
import type { BackfillOpening, IndexState, IndexWriter, Ticket } from '../index/port.ts';
import { type Unserved, unservedInSteps } from '../index/unserved.ts';
import { decidedFields } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { AssignmentPlan } from './assignments.ts';
import { breathing } from './breathing.ts';
import { checkClock } from './check-clock.ts';
import { describedFields, isAllRead, type ReadTables, readChangedTables, tableQueries } from './org-tables.ts';
import { type Probes, probeTables } from './probes.ts';
import type { Selection } from './selection.ts';
import { checkSelection, filterChanges } from './selection-change.ts';
import { OutdatedDescribes } from './table-answer.ts';
import type { TableSizes } from './whole-tables.ts';

export interface MembershipInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  /** Describes the tables of who is who again; null: they were described in this run. */
  readonly describeAgain: (() => Promise<Selection>) | null;
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
  readonly closed: readonly Closed[];
  readonly unserved: Unserved;
  readonly contactsClosed: boolean;
  readonly sights: ReturnType<typeof sightsOf>;
  /** Until when the integration user's rights are these, ISO; null: for good. */
  readonly rightsEndAt: string | null;
}

/**
 * Has the index begin (or go on with) the run, and brings the membership up to date: reads the tables that have changed
 * since the current generation was made, and writes a new one, unless that one is still true. No document is rewritten.
 */
export async function refreshMembership(input: MembershipInput): Promise<MadeMembership> {
  const { describeAgain } = input;
  try {
    return await refresh(input);
  } catch (error) {
    if (!(error instanceof OutdatedDescribes) || describeAgain === null) throw error;
    return await refresh({ ...input, selection: await describeAgain(), describeAgain: null });
  }
}

async function refresh(input: MembershipInput): Promise<MadeMembership> {
  const { salesforce, index, ticket, selection, made, backfillStart, frozenUsers, signal } = input;
  const asked = { assignments: made?.assignments ?? null };
  const probes = input.probes ?? (await probeTables(salesforce, asked, signal));
  await checkClock(salesforce, index, signal);
  const { at: asOf } = probes;
  const basis = basisOf(input, probes);
  const now = new Date(salesforce.clock.now()).toISOString();
  const fields = decidedFields(selection.indexed);
  const held = (await stillTrue(input, probes, basis)) ?? (await readAgain(input, probes));
  const wanted = 'wanted' in held ? held.wanted : contactDerivation(held.tables);
  const before = await index.state();
  await index.begin(
    ticket,
    backfillStart === null ? null : opening(selection, backfillStart, wanted, before.selection),
  );
  const state = await index.state();
  checkSelection(state, selection);

  const seenAt = new Date(asOf).toISOString();
  if ('wanted' in held && held.documents === state.contacts) {
    if (await index.confirmMembership(ticket, held.asOf, asOf)) {
      await index.noteRights(ticket, held.sights, seenAt);
      return { ...held, asOf };
    }
  }
  const read = 'wanted' in held ? await readAgain(input, probes) : held;
  const options = { fields, now, frozenUsers, documents: state.contacts };
  const resolved = await breathing(membershipInSteps(read.tables, options));
  const own = rightsInTables(read.tables, salesforce.userId ?? '', Date.parse(now));
  const blind = blindSpots(read.tables, selection, own.rights, frozenUsers);
  const closed = [...selection.closed, ...resolved.closed, ...blind];
  const { groups, shared } = resolved;
  const { tables, readings, assignments } = read;
  const generation = { asOf, closed, fields, groups, shared, tables, readings };
  const { members } = await index.replaceMembership(ticket, generation, resolved.members, resolved.names);
  const unserved = await breathing(unservedInSteps(resolved.names));
  const { contactsClosed } = resolved;
  const sights = sightsOf(read.tables, selection, own);
  await index.noteRights(ticket, sights, seenAt);
  const { indexId } = ticket;
  const { endsAt: rightsEndAt } = own.rights;
  const documents = state.contacts;
  const facts = { indexId, asOf, basis, assignments, documents, wanted, members };
  return { ...facts, closed, unserved, contactsClosed, sights, rightsEndAt };
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
  return readChangedTables({ ...input, mayBeOutdated: input.describeAgain !== null }, probes, held, since(input));
}

/** A complete backfill takes nothing on trust that was read before it began. */
function since({ backfillStart }: MembershipInput): number {
  return backfillStart === null ? 0 : Date.parse(backfillStart);
}

function basisOf({ selection, frozenUsers }: MembershipInput, probes: Probes): string {
  const queries = tableQueries(selection);
  const described = describedFields(selection);
  return JSON.stringify([
    selection.indexed.fields,
    selection.closed,
    frozenUsers,
    queries,
    described,
    [...probes.rows],
  ]);
}

function opening(
  selection: Selection,
  start: string,
  contacts: ContactDerivation,
  before: string | null,
): BackfillOpening {
  const { text, indexed, everHeld } = selection;
  return { start, selection: text, contacts, indexed, everHeld, unguarded: filterChanges(before, text) };
}
