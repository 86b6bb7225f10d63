import type { ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { OrgDefaults, UserKind } from './defaults.ts';
import { EVERY_ACCOUNT, onPersonAccount, openTo, ownerOnlyWithAccount } from './markers.ts';
import type { Rights } from './rights.ts';
import type { ContactSharing, ObjectAccess, ObjectReach } from './types.ts';

/** What applies to contacts for all users. */
export interface ContactState {
  /** The contact sharing of the documents. */
  readonly contactSharing: ContactSharing;
  /**
   * True if contacts are hidden from users who read by principals, because the documents' contact sharing differs from
   * what the org-wide default requires, or because the default is unknown.
   */
  readonly closed: boolean;
  /**
   * True if contacts have shares of their own and the org may have person accounts, whose contacts still follow the
   * account.
   */
  readonly personAccountsApart: boolean;
}

/** Returns a user's reach and readable fields for each object. */
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
    // The documents have the principals of the internal default. If the external default requires the other contact
    // sharing, only contacts without an account are the same under both.
    const isControlled = defaults[kind].Contact === 'controlled';
    if (isControlled !== (contacts.contactSharing === 'controlled')) return 'bare';
    // Reading through the account requires Read on accounts.
    if (!rights.Account.read && isControlled) return 'bare';
    return 'principals';
  }
}

/**
 * Returns the principals by which a user reads the contacts of person accounts, if those are kept apart. Only users who
 * can read accounts get any.
 */
export function personAccountPrincipals(
  userId: string,
  reaching: readonly string[],
  rights: Rights,
  objects: Readonly<Record<ObjectName, ObjectAccess>>,
  contacts: ContactState,
): string[] {
  const isReader = contacts.personAccountsApart && rights.Account.read && objects.Contact.reach === 'principals';
  return isReader ? [...reaching, ownerOnlyWithAccount(userId)].map(onPersonAccount) : [];
}

/** Returns the markers that a user holds: for open defaults, for every account, and for contacts with an account. */
export function markersOf(
  userId: string,
  objects: Readonly<Record<ObjectName, ObjectAccess>>,
  kind: UserKind,
  defaults: OrgDefaults,
): string[] {
  const markers = OBJECT_NAMES.filter((name) => defaults[kind][name] === 'open').map(openTo);
  const account = objects.Account.reach;
  if (account === 'all' || (account === 'principals' && defaults[kind].Account === 'open')) markers.push(EVERY_ACCOUNT);
  if (objects.Contact.reach === 'principals') markers.push(ownerOnlyWithAccount(userId));
  return markers;
}
