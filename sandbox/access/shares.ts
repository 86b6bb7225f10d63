import type { Org, Row } from '../org/types.ts';
import { liveRows } from './tables.ts';
import { text } from './values.ts';

/** The objects whose records are shared. */
export const SHARED_OBJECTS = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'] as const;
export type SharedObject = (typeof SHARED_OBJECTS)[number];

export function isSharedObject(name: string): name is SharedObject {
  return SHARED_OBJECTS.some((object) => object === name);
}

/** The object whose records a share object shares (`Case` of CaseShare); null for any other object. */
export function sharedBy(name: string): SharedObject | null {
  const object = name.endsWith('Share') ? name.slice(0, -'Share'.length) : '';
  return isSharedObject(object) ? object : null;
}

/** The share rows of one record. */
export function sharesOf(org: Org, object: SharedObject, recordId: string): Row[] {
  return liveRows(org, `${object}Share`, { [`${object}Id`]: recordId });
}

/** Does the row give reading on the object? An AccountShare row names a level for the account and one for each child. */
export function gives(share: Row, object: SharedObject): boolean {
  const level = text(share, `${object}AccessLevel`);
  return level === 'Read' || level === 'Edit' || level === 'All';
}
