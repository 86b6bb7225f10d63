import { orgDefaults } from '../defaults.ts';
import { gapList } from '../gap-list.ts';
import { contactState, type MembershipOptions } from '../membership.ts';
import { type Person, peopleOf } from '../people.ts';
import { heldSets } from '../permission-sets.ts';
import { rightsOf } from '../rights.ts';
import { rolesOf } from '../roles.ts';
import type { OrgTables } from '../tables.ts';
import { grantedOf } from './granted.ts';
import { groupPaths } from './group-path.ts';
import { type Link, link } from './link.ts';
import { namesOf } from './names.ts';
import { permissionsOf } from './permissions.ts';
import { type Asker, bestOf, type ExplainedOrg, type ExplainedRecord, type Way } from './ways.ts';

/** Why a user can or cannot read a record. */
export interface Explanation {
  readonly reads: boolean;
  /** The best way to the record, one clause per link. Empty if the user cannot read it. */
  readonly chain: readonly Link[];
  /**
   * The number of ways: permission sets with View All, the default, the owner, and every other share row that reaches
   * the user.
   */
  readonly ways: number;
  /** Everything that was checked and does not give access to the record. Empty if something does. */
  readonly missing: readonly Link[];
  /** The object's indexed fields that the user can neither see nor search. */
  readonly hiddenFields: readonly string[];
}

export type Explain = (userId: string, record: ExplainedRecord) => Explanation;

/**
 * Returns a function that explains one user and one record, by the same rules that compute membership and documents.
 * Make it once for an org's tables. Frozen users are explained like others, because they keep their access in
 * Salesforce.
 */
export function explainer(tables: OrgTables, options: Omit<MembershipOptions, 'frozenUsers'>): Explain {
  const unreported = gapList();
  const people = peopleOf(tables.User.rows ?? []);
  const roles = rolesOf(tables, people, unreported);
  const names = namesOf(tables);
  const defaults = orgDefaults(tables, unreported);
  const contacts = contactState(tables, defaults, options.documents);
  const held = heldSets(tables, Date.parse(options.now), unreported);
  const rights = rightsOf(tables, options.fields, unreported);
  const org: ExplainedOrg = {
    people,
    roles,
    names,
    defaults,
    contacts,
    groups: groupPaths(tables, people, roles, names),
    permissions: permissionsOf(tables, rights, names),
    organizationId: tables.Organization.rows?.[0]?.Id ?? null,
  };

  return (userId, record) => {
    const { object } = record.facts;
    const person = people.get(userId);
    if (person?.active !== true) return refused(userId, person, options.fields[object]);
    const setIds = [...new Set(held(person).map(({ setId }) => setId))];
    const has = rights(setIds);
    const asker = { person, setIds, rights: has };
    const { fields } = has[object];
    const explained = explainReads(org, asker, record);
    return {
      ...explained,
      hiddenFields: fields === 'all' ? [] : options.fields[object].filter((field) => !fields.includes(field)),
    };
  };

  function refused(userId: string, person: Person | undefined, fields: readonly string[]): Explanation {
    const missing =
      person === undefined
        ? link('user', [], `the org does not show user ${userId}`)
        : link('user', [userId], `${names.user(userId)} is inactive`);
    return { reads: false, chain: [], ways: 0, missing: [missing], hiddenFields: fields };
  }
}

function explainReads(org: ExplainedOrg, asker: Asker, record: ExplainedRecord): Omit<Explanation, 'hiddenFields'> {
  const { person, setIds, rights } = asker;
  const { object } = record.facts;
  const viewAll = org.permissions.viewAll(person.id, setIds, object);
  const granted = grantedOf(org, asker, record);
  const all = [...viewAll.map((links): Way => ({ rank: 'viewAll', links })), ...granted.ways];
  const best = bestOf(all);
  const read = org.permissions.read(person.id, setIds, object);
  if (best !== undefined && read !== null) {
    const chain = best.rank === 'viewAll' ? best.links : [read, ...best.links];
    return { reads: true, chain, ways: all.length, missing: [] };
  }
  const noRead = rights[object].read ? [] : [org.permissions.noRead(person.id, setIds, object)];
  return { reads: false, chain: [], ways: 0, missing: best === undefined ? [...noRead, ...granted.obstacles] : noRead };
}
