import { SYSTEM_RIGHTS, type SystemRight } from '../access/integration-rights.ts';

// What to grant the integration user, as remedies.

/** A system permission. */
export function grantRight(id: SystemRight['id']): string {
  const name = SYSTEM_RIGHTS.find((right) => right.id === id)?.name;
  return `Grant "${name}" in the integration user's permission set (System Permissions).`;
}

/** Read and View All on an object: its records, its fields' names and its share rows. */
export function grantObject(object: string): string {
  return `Grant Read and View All on ${object} in the integration user's permission set (Object Settings).`;
}

/** View All on an object that is read. */
export function grantViewAll(object: string): string {
  return `Grant View All on ${object} (Object Settings), or "View All Data" (System Permissions), in the integration user's permission set.`;
}

/** Read on fields of an object. */
export function grantFields(object: string, count: number): string {
  return `Grant Read on ${count === 1 ? 'this field' : 'these fields'} of ${object} (Object Settings › Field Permissions).`;
}

/** Read on fields that decide on access. Nobody can be granted IsPersonAccount: Salesforce shows it to everybody. */
export function grantDeciding(object: string, fields: readonly string[]): string {
  const granted = fields.filter((field) => field !== 'IsPersonAccount');
  return [
    ...(granted.length === 0 ? [] : [grantFields(object, granted.length)]),
    ...(granted.length === fields.length
      ? []
      : ['Find out what hides IsPersonAccount: Salesforce shows it to everybody who reads contacts.']),
  ].join(' ');
}
