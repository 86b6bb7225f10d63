import type { ObjectName } from '../objects/index.ts';

/** On every contact that goes with its account: held by whoever reads every account. */
export const EVERY_ACCOUNT = '@account';

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
