import type { ObjectName } from '../objects/index.ts';

/** Fields that only orgs with person accounts have, and show to everybody: Salesforce has no field-level security for them. */
const FIELDS = { Account: ['IsPersonAccount', 'PersonContactId'], Contact: ['IsPersonAccount'] } as const;

const OBJECTS = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

type Described = (object: ObjectName) => readonly { readonly name: string }[] | null;

/** Whether describe shows that the org has person accounts. */
export function hasPersonAccounts(described: Described): boolean {
  return OBJECTS.some((object) => described(object)?.some((field) => isOne(object, field.name)) === true);
}

/** The same where an object that is not described may show it. */
export function mayHavePersonAccounts(described: Described): boolean {
  return OBJECTS.some((object) => described(object) === null) || hasPersonAccounts(described);
}

function isOne(object: keyof typeof FIELDS, name: string): boolean {
  return (FIELDS[object] as readonly string[]).includes(name);
}
