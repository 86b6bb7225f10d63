import type { FieldLists, ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { CoverageGap, GapList } from './coverage-gaps.ts';
import { gapList, rowsOr } from './coverage-gaps.ts';
import type { OrgDefaults } from './defaults.ts';
import { orgDefaults } from './defaults.ts';
import { frozenUsers } from './frozen.ts';
import { groupReach } from './groups.ts';
import { bare } from './markers.ts';
import { append } from './multimap.ts';
import { userNames } from './names.ts';
import { sortedUnique } from './order.ts';
import type { Person } from './people.ts';
import { peopleOf } from './people.ts';
import { periodsOf } from './periods.ts';
import { heldSets } from './permission-sets.ts';
import { mayHavePersonAccounts } from './person-accounts.ts';
import type { ContactState } from './reach.ts';
import { markersOf, objectAccess, personAccountPrincipals } from './reach.ts';
import type { Rights } from './rights.ts';
import { rightsOf } from './rights.ts';
import { rolesOf } from './roles.ts';
import { inOneGo, type Steps } from './steps.ts';
import type { OrgTables } from './tables.ts';
import type { ContactDerivation, Member, UserName } from './types.ts';

export interface MembershipOptions {
  /** The fields of each object that are decided on. */
  readonly fields: FieldLists;
  /** The org's time, ISO: assignments that ended by then don't count. */
  readonly now: string;
  /** Whether the search serves frozen users. */
  readonly frozenUsers: 'closed' | 'open';
  /** How the index's contact documents got their principals; null before the first backfill. */
  readonly documents: ContactDerivation | 'mixed' | null;
}

export interface Membership {
  /** One row per active user that is served, and period. Computed while it is walked; can be walked again. */
  readonly members: Iterable<Member>;
  /** Every user, refused ones too. */
  readonly names: Iterable<UserName>;
  readonly gaps: CoverageGap[];
  /** What the org-wide default asks for now (what the documents have, where no default can be read). */
  readonly contacts: ContactDerivation;
  /** Every group that the org shows. */
  readonly groups: readonly string[];
  /** Objects of which some user reads records by share rows alone. */
  readonly shared: readonly ObjectName[];
  /** The documents have another derivation: contacts are closed to all but holders of View All until a backfill has run. */
  readonly contactsClosed: boolean;
}

/**
 * Who may read what: from the org's tables to one row a user and period. Nothing is read and nothing thrown: what is
 * missing or odd is closed and listed in `gaps`.
 */
export function resolveMembership(tables: OrgTables, options: MembershipOptions): Membership {
  return inOneGo(membershipInSteps(tables, options));
}

/** The same in steps: in an org of tens of thousands of groups it takes seconds. */
export function* membershipInSteps(tables: OrgTables, options: MembershipOptions): Steps<Membership> {
  const gaps = gapList();
  const users = rowsOr(tables.User, 'User', 'users', gaps);
  const people = peopleOf(users);
  yield;
  const roles = rolesOf(tables, people, gaps);
  yield;
  const groups = yield* groupReach(tables, people, roles, gaps);
  yield;
  const defaults = orgDefaults(tables, gaps);
  const held = heldSets(tables, Date.parse(options.now), gaps);
  const rights = remembered(rightsOf(tables, options.fields, gaps));
  const frozen = frozenUsers(tables, options.frozenUsers, gaps);
  const contacts = contactState(tables, defaults, options.documents);

  const servedByRole = new Map<string | null, Person[]>();
  for (const person of people.values())
    if (person.active && !frozen.has(person.id)) append(servedByRole, person.roleId, person);
  report(gaps, [...servedByRole.values()].flat(), defaults, contacts);

  // Role by role, so that what a role's users share is made once and dropped after.
  function* members(): Generator<Member> {
    for (const [roleId, persons] of servedByRole) {
      const shared =
        roleId === null ? [] : sortedUnique([...roles.usersBelow(roleId), ...(groups.byRole.get(roleId) ?? [])]);
      for (const person of persons) {
        const reaching = shared.concat(person.id, bare(person.id), groups.byUser.get(person.id) ?? []);
        if (person.kind === 'internal') reaching.push(...groups.everyInternalUser);
        yield* rowsOf(person, reaching);
      }
    }
  }

  function* rowsOf(person: Person, reaching: readonly string[]): Generator<Member> {
    let last: { readonly member: Member; readonly content: string } | null = null;
    for (const { until, setIds } of periodsOf(held(person))) {
      const has = rights(setIds);
      const objects = objectAccess(has, person.kind, defaults, contacts);
      const markers = markersOf(person.id, objects, person.kind, defaults);
      const content = JSON.stringify([markers, objects]);
      // An end that changes nothing makes no row of its own.
      if (last !== null && last.content !== content) yield last.member;
      const ofPersons = personAccountPrincipals(person.id, reaching, has, objects, contacts);
      const principals = sortedUnique(reaching.concat(markers, ofPersons));
      const validUntil = until === null ? null : new Date(until).toISOString();
      last = { member: { userId: person.id, validUntil, principals, objects }, content };
    }
    if (last !== null) yield last.member;
  }

  return {
    members: { [Symbol.iterator]: members },
    names: { [Symbol.iterator]: () => userNames(users, (userId) => frozen.has(userId)) },
    gaps: gaps.list(),
    contacts: contacts.derivation,
    groups: (tables.Group.rows ?? []).flatMap(({ Id }) => Id || []),
    shared: OBJECT_NAMES.filter((name) => defaults.internal[name] === 'private'),
    contactsClosed: options.documents !== null && options.documents !== contacts.derivation,
  };
}

/** How contacts are to get their principals by the org-wide default. */
export function contactDerivation(tables: OrgTables): ContactDerivation {
  return contactState(tables, orgDefaults(tables, gapList()), null).derivation;
}

/** @param documents how the index's contact documents got their principals; null before the first backfill */
export function contactState(
  tables: OrgTables,
  defaults: OrgDefaults,
  documents: MembershipOptions['documents'],
): ContactState {
  const settled = documents === null || documents === 'mixed' ? 'own' : documents;
  const derivation = defaults.contacts ?? settled;
  return {
    derivation,
    closed: defaults.contacts === null || (documents !== null && documents !== derivation),
    personAccountsApart: derivation === 'own' && mayHavePersonAccounts((name) => tables.described[name]),
  };
}

function report(gaps: GapList, served: readonly Person[], defaults: OrgDefaults, contacts: ContactState): void {
  const { length: external } = served.filter((person) => person.kind === 'external');
  gaps.add({ code: 'sharing_sets', count: external });
  const { externalUnknown } = defaults;
  if (externalUnknown.length > 0)
    gaps.add({ code: 'external_default_unknown', objects: externalUnknown, count: external });
  if ((defaults.external.Contact === 'controlled') !== (defaults.internal.Contact === 'controlled'))
    gaps.add({ code: 'contact_defaults_differ', count: external });
  if (contacts.closed) {
    const code = defaults.contacts === null ? 'contact_default_unknown' : 'contact_default_changed';
    gaps.add({ code, count: served.length });
  }
}

/** The rights of a combination of sets are worked out once: most users share theirs with many. */
function remembered(rights: (setIds: readonly string[]) => Rights): (setIds: readonly string[]) => Rights {
  const known = new Map<string, Rights>();
  return (setIds) => {
    const key = setIds.join();
    const found = known.get(key) ?? rights(setIds);
    known.set(key, found);
    return found;
  };
}
