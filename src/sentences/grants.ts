import type { SystemRightId } from '../facts/coverage-gaps.ts';

// What to grant the integration user, as remedies.

/** The system permissions, as the page of a permission set names them. */
export const RIGHT_NAMES: Readonly<Record<SystemRightId, string>> = {
  'view-setup': 'View Setup and Configuration',
  'view-roles': 'View Roles and Role Hierarchy',
  'view-all-users': 'View All Users',
  'manage-users': 'Manage Users',
};

/** Says how to grant a system permission. */
export function grantRight(id: SystemRightId): string {
  return `Grant "${RIGHT_NAMES[id]}" in the integration user's permission set (System Permissions).`;
}

/** Says how to grant Read and View All on an object, for its records, its fields' names and its share rows. */
export function grantObject(object: string): string {
  return `Grant Read and View All on ${object} in the integration user's permission set (Object Settings).`;
}

/** Says how to grant View All on an object that is already readable. */
export function grantViewAll(object: string): string {
  return `Grant View All on ${object} (Object Settings), or "View All Data" (System Permissions), in the integration user's permission set.`;
}

/** Says how to grant Read on fields of an object. */
export function grantFields(object: string, count: number): string {
  return `Grant Read on ${count === 1 ? 'this field' : 'these fields'} of ${object} (Object Settings › Field Permissions).`;
}

/**
 * Says how to grant Read on fields that decide on access. IsPersonAccount cannot be granted: Salesforce shows it to
 * everybody.
 */
export function grantDeciding(object: string, fields: readonly string[]): string {
  const granted = fields.filter((field) => field !== 'IsPersonAccount');
  return [
    ...(granted.length === 0 ? [] : [grantFields(object, granted.length)]),
    ...(granted.length === fields.length
      ? []
      : ['Find out what hides IsPersonAccount: Salesforce shows it to everyone who can read contacts.']),
  ].join(' ');
}
