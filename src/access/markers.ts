import type { ObjectName } from '../objects/index.ts';

/** On every contact that goes with its account: held by whoever reads every account. */
export const EVERY_ACCOUNT = '@account';

/**
 * On every document that a row of Compliant Data Sharing reaches. Nobody holds it: by it they are counted, for what such
 * rows open to those above their user is closed.
 */
export const COMPLIANT_SHARING = '@compliant';

/** That user, and nobody above them. */
export function bare(userId: string): string {
  return `=${userId}`;
}

/**
 * The same on a contact with an account. Another form than `bare`, because a user whose reach is `bare` reads contacts
 * without an account only; held by those who go by all their principals.
 */
export function bareWithAccount(userId: string): string {
  return `${EVERY_ACCOUNT}=${userId}`;
}

/** On every document of the object that its org-wide default can open: held by the users for whom it does. */
export function openTo(object: ObjectName): string {
  return `@open:${object}`;
}

/**
 * A principal on a person account's contact, in an org where other contacts have shares of their own: held by those whom
 * the principal reaches and who may read accounts.
 */
export function ofPersonAccount(principal: string): string {
  return `@person:${principal}`;
}

/** The user or group whom a principal is about; null for a marker, which is about nobody. */
export function holderOf(principal: string): string | null {
  const id = principal.slice(Math.max(principal.lastIndexOf('='), principal.lastIndexOf(':')) + 1);
  return id.startsWith('@') || principal.startsWith('@open:') ? null : id;
}
