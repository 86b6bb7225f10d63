import type { ObjectName } from '../../objects/index.ts';
import { explainedGapText } from '../../sentences/explained-gaps.ts';
import type { OrgDefaults } from '../defaults.ts';
import { onPersonAccount, ownerOnly, ownerOnlyWithAccount } from '../markers.ts';
import type { Person } from '../people.ts';
import type { Grant } from '../principals.ts';
import type { ContactState } from '../reach.ts';
import type { Rights } from '../rights.ts';
import type { Roles } from '../roles.ts';
import type { AccountFacts, RecordFacts, ShareRow } from '../types.ts';
import type { GroupPaths } from './group-path.ts';
import { isAbove, roleLink } from './hierarchy.ts';
import { type Link, link } from './link.ts';
import type { Names } from './names.ts';
import type { Permissions } from './permissions.ts';

/** A record to explain, with the data from which its document's principals are made. */
export interface ExplainedRecord {
  readonly id: string;
  /** Example: `Case 00001026`. */
  readonly label: string;
  /** Example: `Acme`. Null if the record has no account, or its account is unknown. */
  readonly accountName: string | null;
  readonly facts: RecordFacts;
  readonly shares: readonly ShareRow[];
  readonly account: AccountFacts | null;
}

/** The user to explain, with their permission sets and the combined rights. */
export interface Asker {
  readonly person: Person;
  readonly setIds: readonly string[];
  readonly rights: Rights;
}

/** An org's tables after the rules were applied. */
export interface ExplainedOrg {
  readonly people: ReadonlyMap<string, Person>;
  readonly roles: Roles;
  readonly groups: GroupPaths;
  readonly names: Names;
  readonly permissions: Permissions;
  readonly defaults: OrgDefaults;
  readonly contacts: ContactState;
  /** The org's own id; null if unknown. */
  readonly organizationId: string | null;
}

/** Kinds of ways, best first. Among ways of one kind, the shortest is best. */
const RANKS = ['viewAll', 'default', 'direct', 'hierarchy', 'group', 'account'] as const;

export interface Way {
  readonly rank: (typeof RANKS)[number];
  readonly links: readonly Link[];
}

export function bestOf(ways: readonly Way[]): Way | undefined {
  return ways.toSorted(
    (one, other) => RANKS.indexOf(one.rank) - RANKS.indexOf(other.rank) || one.links.length - other.links.length,
  )[0];
}

/** Explains how one grant of a record reaches the asker, or what prevents it. */
export function wayOf(org: ExplainedOrg, asker: Asker, record: ExplainedRecord, grant: Grant): Way | Link {
  const { by } = grant;
  if (!('row' in by) && !('id' in by))
    return by.kind === 'default' ? byDefault(org, asker, record) : byEveryAccount(org, asker, record);
  const id = 'row' in by ? by.row.grantee : by.id;
  const isAlone = [ownerOnly(id), ownerOnlyWithAccount(id), onPersonAccount(ownerOnlyWithAccount(id))].includes(
    grant.principal,
  );
  const first = grantLink(org, record, grant, id);
  const found = isAlone ? alone(org, asker, id) : reaching(org, asker, id);
  if ('missing' in found)
    return link(first.kind, [...first.ids, ...found.missing.ids.slice(1)], `${first.text}, ${found.missing.text}`);
  if (!isThroughAccount(grant)) return { rank: found.rank, links: [first, ...found.links] };
  const needed = neededOfAccount(org, asker, record);
  if (needed === null) return noReadOnAccount(org, asker);
  return { rank: 'account', links: [...needed, first, ...found.links] };
}

type Found = { readonly rank: Way['rank']; readonly links: readonly Link[] } | { readonly missing: Link };

function alone({ names }: ExplainedOrg, { person }: Asker, id: string): Found {
  if (id === person.id) return { rank: 'direct', links: [] };
  return { missing: link('user', [id], `which gives access to ${names.user(id)} only`) };
}

/**
 * Explains how a user or group reaches the asker. A user reaches themselves and everyone above; a group, its members.
 */
function reaching({ people, roles, groups, names }: ExplainedOrg, { person }: Asker, id: string): Found {
  if (id === person.id) return { rank: 'direct', links: [] };
  const other = people.get(id);
  if (other !== undefined) {
    const step = roleLink('hierarchy', other, person, roles, names);
    return isAbove(person, other, roles)
      ? { rank: 'hierarchy', links: [step] }
      : { missing: { ...step, text: `and ${step.text}` } };
  }
  const gap = groups.gap(id);
  if (gap !== null) return { missing: link('group', [id], explainedGapText(gap)) };
  const path = groups.to(id, person);
  if (path !== null) return { rank: 'group', links: path };
  return { missing: link('group', [id], `which ${names.user(person.id)} is not in`) };
}

function byDefault(org: ExplainedOrg, asker: Asker, { facts: { object } }: ExplainedRecord): Way | Link {
  const grant = defaultLink(org, asker, object);
  return org.defaults[asker.person.kind][object] === 'open' ? { rank: 'default', links: [grant] } : grant;
}

function defaultLink({ defaults, organizationId }: ExplainedOrg, { person }: Asker, object: ObjectName): Link {
  const value = defaults[person.kind][object];
  const said = value === 'controlled' ? 'Controlled by Parent' : value;
  return link('default', [organizationId], `the org-wide default of ${object} for ${person.kind} users is ${said}`);
}

/** Contacts that follow their account can be read by anyone who can read every account. */
function byEveryAccount(org: ExplainedOrg, asker: Asker, record: ExplainedRecord): Way | Link {
  const { person, setIds } = asker;
  const account = accountLink(record, 'goes with');
  const [all] = org.permissions.viewAll(person.id, setIds, 'Account');
  if (all !== undefined) return { rank: 'account', links: [account, ...all] };
  const open = defaultLink(org, asker, 'Account');
  if (org.defaults[person.kind].Account !== 'open') return { ...open, text: `${account.text}, and ${open.text}` };
  const read = org.permissions.read(person.id, setIds, 'Account');
  return read === null ? noReadOnAccount(org, asker) : { rank: 'account', links: [account, read, open] };
}

function isThroughAccount({ by }: Grant): boolean {
  return by.kind === 'accountOwner' || by.kind === 'accountShare';
}

/** Returns the links the asker needs to read a contact through its account; null if the asker lacks one. */
function neededOfAccount(org: ExplainedOrg, asker: Asker, record: ExplainedRecord): Link[] | null {
  const { person, setIds, rights } = asker;
  const { object, isPersonAccount } = record.facts;
  const isControlled = org.contacts.contactSharing === 'controlled';
  if (object !== 'Contact' || (!isControlled && isPersonAccount === false)) return [];
  if (!isControlled && !org.contacts.personAccountsApart) return null;
  const read = rights.Account.read ? org.permissions.read(person.id, setIds, 'Account') : null;
  return read === null ? null : [read];
}

export function noReadOnAccount({ permissions }: ExplainedOrg, { person, setIds }: Asker): Link {
  return permissions.noRead(person.id, setIds, 'Account');
}

function grantLink({ names }: ExplainedOrg, record: ExplainedRecord, { by }: Grant, id: string): Link {
  const to = names.principal(id);
  switch (by.kind) {
    case 'owner':
      return link('owner', [record.id, id], `${record.label} is owned by ${to}`);
    case 'share':
      return link('share', [record.id, id], `${record.label} is shared with ${to} (${by.row.cause})`);
    case 'accountOwner':
      return owned(accountLink(record, 'goes with'), id, `which is owned by ${to}`);
    case 'accountShare': {
      const isOneWithIt = record.facts.object === 'Contact' && by.row.opens.includes('Account');
      const verb = isOneWithIt ? 'goes with' : 'belongs to';
      const what = isOneWithIt ? '' : `, ${record.facts.object} included`;
      const how = by.row.cause === 'Owner' ? 'owned by' : 'shared with';
      return owned(accountLink(record, verb), id, `which is ${how} ${to} (${by.row.cause}${what})`);
    }
    default:
      throw new Error(`A ${by.kind} names nobody.`);
  }
}

function owned(account: Link, id: string, text: string): Link {
  return link('account', [...account.ids, id], `${account.text}, ${text}`);
}

function accountLink(record: ExplainedRecord, verb: 'goes with' | 'belongs to'): Link {
  const { accountId } = record.facts;
  const account = record.accountName === null ? accountId : record.accountName;
  return link('account', [record.id, accountId], `${record.label} ${verb} its account ${account}`);
}
