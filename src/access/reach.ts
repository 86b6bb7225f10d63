import type { ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { OrgDefaults, UserKind } from './defaults.ts';
import { bareWithAccount, EVERY_ACCOUNT, ofPersonAccount, openTo } from './markers.ts';
import type { Rights } from './rights.ts';
import type { ContactDerivation, ObjectAccess, ObjectReach } from './types.ts';

/** What is true of contacts for every user alike. */
export interface ContactState {
  /** How their documents got their principals. */
  readonly derivation: ContactDerivation;
  /** They are closed to users who go by principals: another derivation is asked for than the documents have, or none is known. */
  readonly closed: boolean;
  /** Contacts have shares of their own, and there may be person accounts, whose contacts go with their account all the same. */
  readonly personAccountsApart: boolean;
}

/** What a user reads of each object, and the fields of it. */
export function objectAccess(
  rights: Rights,
  kind: UserKind,
  defaults: OrgDefaults,
  contacts: ContactState,
): Record<ObjectName, ObjectAccess> {
  const entries = OBJECT_NAMES.map((name): [ObjectName, ObjectAccess] => {
    const { read, viewAll, fields } = rights[name];
    const reach = !read ? 'none' : viewAll ? 'all' : name !== 'Contact' ? 'principals' : contactReach();
    return [name, { reach, fields: reach === 'none' ? [] : fields }];
  });
  return Object.fromEntries(entries) as Record<ObjectName, ObjectAccess>;

  function contactReach(): ObjectReach {
    if (contacts.closed) return 'none';
    // The documents carry principals of the internal default; where the external one asks for the others, only contacts
    // without an account are the same under both.
    const isControlled = defaults[kind].Contact === 'controlled';
    if (isControlled !== (contacts.derivation === 'controlled')) return 'bare';
    // To read through the account, one must be able to read accounts.
    if (!rights.Account.read && isControlled) return 'bare';
    return 'principals';
  }
}

/**
 * The principals by which a user reads the contacts of person accounts, where those are kept apart: only who may read
 * accounts has any.
 */
export function personAccountPrincipals(
  userId: string,
  reaching: readonly string[],
  rights: Rights,
  objects: Readonly<Record<ObjectName, ObjectAccess>>,
  contacts: ContactState,
): string[] {
  const isReader = contacts.personAccountsApart && rights.Account.read && objects.Contact.reach === 'principals';
  return isReader ? [...reaching, bareWithAccount(userId)].map(ofPersonAccount) : [];
}

/** The markers that a user of this access holds: for open defaults, every account, and contacts with an account. */
export function markersOf(
  userId: string,
  objects: Readonly<Record<ObjectName, ObjectAccess>>,
  kind: UserKind,
  defaults: OrgDefaults,
): string[] {
  const markers = OBJECT_NAMES.filter((name) => defaults[kind][name] === 'open').map(openTo);
  const account = objects.Account.reach;
  if (account === 'all' || (account === 'principals' && defaults[kind].Account === 'open')) markers.push(EVERY_ACCOUNT);
  if (objects.Contact.reach === 'principals') markers.push(bareWithAccount(userId));
  return markers;
}
