import { setImmediate as breathe } from 'node:timers/promises';
import { contactSharing, membershipInSteps } from '../access/membership.ts';
import type { ContactSharing } from '../access/types.ts';
import type { CoverageGap } from '../facts/coverage-gaps.ts';
import { type Unserved, unservedInSteps } from '../index/model/unserved.ts';
import type { FencingToken } from '../index/port/admission.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { IndexState } from '../index/port/state.ts';
import { blindSpots } from '../integration-user/blind-spots.ts';
import { rightsInTables } from '../integration-user/own-rights.ts';
import { visibilityOf } from '../integration-user/visibility.ts';
import type { Steps } from '../lib/steps.ts';
import { decidedFields } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { AssignmentPlan } from './assignments.ts';
import { checkClock } from './check-clock.ts';
import { describedFields, isAllRead, type ReadTables, readChangedTables, tableQueries } from './org-tables.ts';
import { type Probes, probeTables } from './probes.ts';
import type { ResolvedSchema } from './resolved-schema.ts';
import type { TableSizes } from './whole-tables.ts';

export interface MembershipInput {
  readonly salesforce: Salesforce;
  readonly store: RunStore;
  readonly fence: FencingToken;
  readonly schema: ResolvedSchema;
  /** True if the membership tables were described in an earlier run, so that a column in a query may be gone. */
  readonly mayBeOutdated: boolean;
  /** The probes from the start of the run; null to probe now. */
  readonly probes: Probes | null;
  /**
   * The generation that this process made last; null if it has made none, so that other code may have made the current
   * one.
   */
  readonly made: MadeMembership | null;
  /** The open complete backfill's start; null for an incremental run. */
  readonly backfillStart: string | null;
  readonly frozenUsers: 'closed' | 'open';
  readonly sizes: TableSizes;
  readonly signal: AbortSignal;
}

/** A generation, and what it depends on apart from the probed tables. The same inputs make the same generation. */
export interface MadeMembership {
  readonly indexId: string;
  readonly asOf: number;
  readonly basis: string;
  /** The assignments from which it was made. */
  readonly assignments: AssignmentPlan | null;
  /** The contact sharing of the index's documents when it was made, and the one that the org-wide default required. */
  readonly documents: IndexState['contacts'];
  readonly wanted: ContactSharing;
  readonly members: number;
  readonly gaps: readonly CoverageGap[];
  readonly unserved: Unserved;
  readonly contactsClosed: boolean;
  readonly visibility: ReturnType<typeof visibilityOf>;
  /** ISO time until which the integration user has these rights; null for no end. */
  readonly rightsEndAt: string | null;
}

/** What the generation will contain: the last one of this process, still valid, or newly read tables. */
export type WhoIsWho = (
  | { readonly kind: 'known'; readonly made: MadeMembership }
  | { readonly kind: 'read'; readonly read: ReadTables }
) & {
  readonly probes: Probes;
  readonly basis: string;
  /** The org's time at which rights are evaluated, ISO. */
  readonly now: string;
  /** The contact sharing that documents should have. */
  readonly contacts: ContactSharing;
};

/** Reads the membership tables that have changed since the current generation was made. Writes nothing. */
export async function readWhoIsWho(input: MembershipInput): Promise<WhoIsWho> {
  const { salesforce, store, made, signal } = input;
  const probes = input.probes ?? (await probeTables(salesforce, { assignments: made?.assignments ?? null }, signal));
  await checkClock(salesforce, store, signal);
  const basis = basisOf(input, probes);
  const facts = { probes, basis, now: new Date(salesforce.clock.now()).toISOString() };
  const known = await stillTrue(input, probes, basis);
  if (known !== null) return { ...facts, kind: 'known', made: known, contacts: known.wanted };
  const read = await readAgain(input, probes);
  return { ...facts, kind: 'read', read, contacts: contactSharing(read.tables) };
}

/**
 * Makes this membership the index's current generation. If it already is, the index only records that it is still
 * valid. Never rewrites a document.
 *
 * @param documents the contact sharing of the index's documents
 */
export async function makeMembership(
  input: MembershipInput,
  who: WhoIsWho,
  documents: IndexState['contacts'],
): Promise<MadeMembership> {
  const { store, fence } = input;
  const asOf = who.probes.at;
  if (who.kind === 'known' && who.made.documents === documents) {
    if (await store.confirmMembership(fence, who.made.asOf, asOf)) return { ...who.made, asOf };
  }
  const read = who.kind === 'read' ? who.read : await readAgain(input, who.probes);
  return replaceMembership(input, read, who, documents);
}

async function replaceMembership(
  { salesforce, store, fence, schema, frozenUsers }: MembershipInput,
  { tables, readings, assignments }: ReadTables,
  { probes: { at: asOf }, basis, now, contacts: wanted }: WhoIsWho,
  documents: IndexState['contacts'],
): Promise<MadeMembership> {
  const fields = decidedFields(schema.indexed);
  const resolved = await runCooperatively(membershipInSteps(tables, { fields, now, frozenUsers, documents }));
  const own = rightsInTables(tables, salesforce.userId ?? '', Date.parse(now));
  const gaps = [...schema.gaps, ...resolved.gaps, ...blindSpots(tables, schema, own.rights, frozenUsers)];
  const { groups, shared, contactsClosed } = resolved;
  const generation = { asOf, gaps, fields, groups, shared, tables, readings };
  const { members } = await store.replaceMembership(fence, generation, resolved.members, resolved.names);
  const unserved = await runCooperatively(unservedInSteps(resolved.names));
  const visibility = visibilityOf(tables, schema, own);
  const { endsAt: rightsEndAt } = own.rights;
  const facts = { indexId: fence.indexId, asOf, basis, assignments, documents, wanted, members };
  return { ...facts, gaps, unserved, contactsClosed, visibility, rightsEndAt };
}

/** Returns the generation that this process made, if it is current and nothing that it depends on has changed. */
async function stillTrue(input: MembershipInput, probes: Probes, basis: string): Promise<MadeMembership | null> {
  const { store, fence, schema, made } = input;
  if (made === null || made.indexId !== fence.indexId || made.basis !== basis) return null;
  if (made.rightsEndAt !== null && probes.at >= Date.parse(made.rightsEndAt)) return null;
  const held = await store.membershipReadings();
  if (held?.asOf !== made.asOf) return null;
  if (!isAllRead(schema, made.assignments, probes, held.readings, since(input))) return null;
  // The sets are the same, but a probe may have split the queries.
  return { ...made, assignments: probes.assignments?.plan ?? made.assignments };
}

async function readAgain(input: MembershipInput, probes: Probes): Promise<ReadTables> {
  const held = await input.store.membershipTables();
  return readChangedTables(input, probes, held, since(input));
}

/** A complete backfill uses nothing that was read before it began. */
function since({ backfillStart }: MembershipInput): number {
  return backfillStart === null ? 0 : Date.parse(backfillStart);
}

function basisOf({ schema, frozenUsers }: MembershipInput, probes: Probes): string {
  const queries = tableQueries(schema);
  const described = describedFields(schema);
  return JSON.stringify([schema.indexed.fields, schema.gaps, frozenUsers, queries, described, [...probes.rows]]);
}

/** Takes all steps, with heartbeats and other work in between. */
export async function runCooperatively<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breathe();
  }
}
