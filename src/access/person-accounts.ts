import type { ObjectName } from '../objects/index.ts';

/**
 * Fields that exist only in orgs with person accounts. All users can see them: Salesforce has no field-level security
 * for them.
 */
const FIELDS = { Account: ['IsPersonAccount', 'PersonContactId'], Contact: ['IsPersonAccount'] } as const;

const OBJECTS = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

type Described = (object: ObjectName) => readonly { readonly name: string }[] | null;

/** Returns whether describe shows that the org has person accounts. */
export function hasPersonAccounts(described: Described): boolean {
  return OBJECTS.some((object) => described(object)?.some((field) => isOne(object, field.name)) === true);
}

/**
 * Returns whether the org might have person accounts: describe shows them, or one of the two objects is not described.
 */
export function mayHavePersonAccounts(described: Described): boolean {
  return OBJECTS.some((object) => described(object) === null) || hasPersonAccounts(described);
}

function isOne(object: keyof typeof FIELDS, name: string): boolean {
  return (FIELDS[object] as readonly string[]).includes(name);
}
