import type { CoverageGap } from '../facts/coverage-gaps.ts';
import { append, sortedUnique } from '../lib/collections.ts';
import { runSynchronously, type Steps } from '../lib/steps.ts';
import type { FieldLists, ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { OrgDefaults } from './defaults.ts';
import { orgDefaults } from './defaults.ts';
import { frozenUsers } from './frozen.ts';
import type { GapList } from './gap-list.ts';
import { gapList, rowsOr } from './gap-list.ts';
import { groupReach } from './groups.ts';
import { ownerOnly } from './markers.ts';
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
import type { OrgTables } from './tables.ts';
import type { ContactSharing, Member, UserName } from './types.ts';
import { userNames } from './user-names.ts';

export interface MembershipOptions {
  /** The fields of each object for which access is decided. */
  readonly fields: FieldLists;
  /** The org's time, ISO. Assignments that ended before it do not count. */
  readonly now: string;
  /** Whether the search serves frozen users (`open`) or not (`closed`). */
  readonly frozenUsers: 'closed' | 'open';
  /** The contact sharing of the index's documents; null before the first backfill. */
  readonly documents: ContactSharing | 'mixed' | null;
}

export interface Membership {
  /** One row per served user and period. Computed during iteration; can be iterated again. */
  readonly members: Iterable<Member>;
  /** Every user, including those whom the search refuses. */
  readonly names: Iterable<UserName>;
  readonly gaps: CoverageGap[];
  /** The contact sharing that the org-wide default requires now. If no default can be read, that of the documents. */
  readonly contacts: ContactSharing;
  /** Ids of all groups that the org shows. */
  readonly groups: readonly string[];
  /** Objects that are private for internal users, so that some users read their records through share rows only. */
  readonly shared: readonly ObjectName[];
  /**
   * True if the documents have another contact sharing. Then only users with View All find contacts, until a backfill
   * has run.
   */
  readonly contactsClosed: boolean;
}

/**
 * Computes who can read what: one row per user and period, from the org's tables. Reads nothing and never throws.
 * Access that depends on missing or odd data is denied, and listed in `gaps`.
 */
export function resolveMembership(tables: OrgTables, options: MembershipOptions): Membership {
  return runSynchronously(membershipInSteps(tables, options));
}

/** Does the same in steps, because it takes seconds in an org with tens of thousands of groups. */
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

  // One role at a time, so that the principals that its users share are built once and then dropped.
  function* members(): Generator<Member> {
    for (const [roleId, persons] of servedByRole) {
      const shared =
        roleId === null ? [] : sortedUnique([...roles.usersBelow(roleId), ...(groups.byRole.get(roleId) ?? [])]);
      for (const person of persons) {
        const reaching = shared.concat(person.id, ownerOnly(person.id), groups.byUser.get(person.id) ?? []);
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
      // An end that changes nothing gets no row.
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
    contacts: contacts.contactSharing,
    groups: (tables.Group.rows ?? []).flatMap(({ Id }) => Id || []),
    shared: OBJECT_NAMES.filter((name) => defaults.internal[name] === 'private'),
    contactsClosed: options.documents !== null && options.documents !== contacts.contactSharing,
  };
}

/** Returns the contact sharing that the org-wide default requires. */
export function contactSharing(tables: OrgTables): ContactSharing {
  return contactState(tables, orgDefaults(tables, gapList()), null).contactSharing;
}

/**
 * Returns what applies to contacts for all users.
 *
 * @param documents the contact sharing of the index's documents; null before the first backfill
 */
export function contactState(
  tables: OrgTables,
  defaults: OrgDefaults,
  documents: MembershipOptions['documents'],
): ContactState {
  const settled = documents === null || documents === 'mixed' ? 'own' : documents;
  const contactSharing = defaults.contacts ?? settled;
  return {
    contactSharing,
    closed: defaults.contacts === null || (documents !== null && documents !== contactSharing),
    personAccountsApart: contactSharing === 'own' && mayHavePersonAccounts((name) => tables.described[name]),
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

/** Caches the rights of a combination of sets, because many users have the same sets. */
function remembered(rights: (setIds: readonly string[]) => Rights): (setIds: readonly string[]) => Rights {
  const known = new Map<string, Rights>();
  return (setIds) => {
    const key = setIds.join();
    const found = known.get(key) ?? rights(setIds);
    known.set(key, found);
    return found;
  };
}
