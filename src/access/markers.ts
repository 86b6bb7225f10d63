import type { ObjectName } from '../objects/index.ts';

/** Marker on every contact that follows its account. Held by everyone who can read every account. */
export const EVERY_ACCOUNT = '@account';

/**
 * Marker on every document with a Compliant Data Sharing row. Nobody holds it. It serves to count these documents,
 * because access for users above the row's user is denied and must be reported.
 */
export const COMPLIANT_SHARING = '@compliant';

/** Returns the owner-only principal: that user, and nobody above them. */
export function ownerOnly(userId: string): string {
  return `=${userId}`;
}

/**
 * Returns the owner-only principal for a contact with an account. It differs from `ownerOnly`, because a user whose
 * reach is owner-only (stored as `bare`) only reads contacts without an account. Users whose reach is `principals` hold
 * it.
 */
export function ownerOnlyWithAccount(userId: string): string {
  return `${EVERY_ACCOUNT}=${userId}`;
}

/**
 * Returns the marker on every document of the object to which its org-wide default can give access. Held by the users
 * for whom the default is open.
 */
export function openTo(object: ObjectName): string {
  return `@open:${object}`;
}

/**
 * Returns the form that a principal takes on a person account's contact, in an org where other contacts have shares of
 * their own. Held by users whom the principal reaches and who can read accounts.
 */
export function onPersonAccount(principal: string): string {
  return `@person:${principal}`;
}

/** Returns the user or group that a principal refers to; null for a marker, which refers to nobody. */
export function holderOf(principal: string): string | null {
  const id = principal.slice(Math.max(principal.lastIndexOf('='), principal.lastIndexOf(':')) + 1);
  return id.startsWith('@') || principal.startsWith('@open:') ? null : id;
}
