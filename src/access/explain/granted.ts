import { type ExplainedGap, explainedGapText } from '../../sentences/explained-gaps.ts';
import { ownerOnly } from '../markers.ts';
import { documentGrants, type Grant } from '../principals.ts';
import { objectAccess } from '../reach.ts';
import type { ObjectReach } from '../types.ts';
import { type Link, link } from './link.ts';
import { type Asker, type ExplainedOrg, type ExplainedRecord, noReadOnAccount, type Way, wayOf } from './ways.ts';

/** The ways to a record other than View All, and what blocks the rest. Does not check Read on the object. */
export interface Granted {
  readonly ways: readonly Way[];
  readonly obstacles: readonly Link[];
}

export function grantedOf(org: ExplainedOrg, asker: Asker, record: ExplainedRecord): Granted {
  const reach = reachOf(org, asker, record);
  if (reach === 'none')
    return {
      ways: [],
      obstacles: [
        contactsGap({ code: org.defaults.contacts === null ? 'contact_default_unknown' : 'contact_default_changed' }),
      ],
    };
  const grants = ownersOnce(documentGrants(record.facts, record.shares, record.account, org.contacts.contactSharing));
  const explainedGrants = grants.map((grant) =>
    reach === 'bare' ? ownerOnlyWay(org, asker, record, grant) : wayOf(org, asker, record, grant),
  );
  return {
    ways: explainedGrants.filter((each) => 'rank' in each),
    obstacles: once([
      ...closedRecord(org, record),
      ...explainedGrants.filter((each) => 'kind' in each),
      ...silentAccount(record, grants),
    ]),
  };
}

/** Returns the user's reach on the object, assuming Read and no View All. */
function reachOf(
  { defaults, contacts }: ExplainedOrg,
  { person, rights }: Asker,
  record: ExplainedRecord,
): ObjectReach {
  const { object } = record.facts;
  const withRead = { ...rights, [object]: { ...rights[object], read: true, viewAll: false } };
  return objectAccess(withRead, person.kind, defaults, contacts)[object].reach;
}

/** Explains a grant to a user who reads only contacts that they own and that have no account. */
function ownerOnlyWay(org: ExplainedOrg, asker: Asker, record: ExplainedRecord, grant: Grant): Way | Link {
  if (grant.principal === ownerOnly(asker.person.id) || record.facts.accountId === null)
    return wayOf(org, asker, record, grant);
  if (!asker.rights.Account.read) return noReadOnAccount(org, asker);
  return contactsGap({ code: 'contact_defaults_differ', userKind: asker.person.kind });
}

function contactsGap(gap: ExplainedGap): Link {
  return link('contacts', [], explainedGapText(gap));
}

/** Drops the share row that Salesforce keeps for an owner, so that the owner counts as one way. */
function ownersOnce(grants: readonly Grant[]): Grant[] {
  const owners = { share: 'owner', accountShare: 'accountOwner' } as const;
  return grants.filter(({ principal, by }) => {
    if (!('row' in by) || by.row.cause !== 'Owner') return true;
    return !grants.some((other) => other.by.kind === owners[by.kind] && other.principal === principal);
  });
}

function closedRecord({ contacts }: ExplainedOrg, { id, facts }: ExplainedRecord): Link[] {
  if (facts.object === 'Opportunity' && facts.isPrivate)
    return [
      link(
        'private',
        [id],
        'it is private (IsPrivate): only its owner, users above the owner and users with View All can read it',
      ),
    ];
  if (facts.object === 'Contact' && facts.accountId === null)
    return [
      link('private', [id], 'it has no account, so it is private: only its owner and users with View All can read it'),
    ];
  if (facts.object === 'Contact' && facts.isPersonAccount === 'unknown' && contacts.contactSharing === 'own')
    return [
      link(
        'private',
        [id],
        'it may be a person account (IsPersonAccount is not visible): only access that covers both it and its account counts',
      ),
    ];
  return [];
}

/** Returns an obstacle if the record has an account and the account grants nothing. */
function silentAccount(record: ExplainedRecord, grants: readonly Grant[]): Link[] {
  const { object, accountId, isPrivate } = record.facts;
  if (accountId === null || (object === 'Opportunity' && isPrivate)) return [];
  if (grants.some(({ by }) => by.kind === 'accountOwner' || by.kind === 'accountShare')) return [];
  const account = record.accountName ?? accountId;
  return [
    link('account', [record.id, accountId], `no known share row of its account ${account} gives access to ${object}`),
  ];
}

/** Removes links with the same text, because many rows can name the same user or group. */
function once(links: readonly Link[]): Link[] {
  return links.filter((each, at) => links.findIndex(({ text }) => text === each.text) === at);
}
