import type { ObjectName } from '../objects/index.ts';
import type { DescribedField } from './tables.ts';

/** What a user's permission sets say about an object's fields. */
export interface FieldGrants {
  /** View All Fields, on the object or globally. */
  readonly everyField: boolean;
  /** Returns whether a FieldPermissions row gives PermissionsRead on the field. The name is without the object's. */
  granted(field: string): boolean;
}

/**
 * Returns which of the `decided` fields a user can read, or `all`. Field-level security decides (source: the object
 * reference on FieldPermissions):
 * - A field without field-level security (`permissionable: false`) is readable by everyone.
 * - The parts of a compound field follow the compound's permission. The parts of a name are always readable.
 * - A field that describe does not show is readable only with View All Fields.
 * - An account's person field is a contact field under another name. Which of the two permissions applies is not
 *   documented, so both are required.
 *
 * @param described the object's fields from describe; null if the object is not described
 * @param contactField returns whether the user can read that field of contacts; called for accounts' person fields
 */
export function readableFields(
  object: ObjectName,
  decided: readonly string[],
  described: readonly DescribedField[] | null,
  grants: FieldGrants,
  contactField: (name: string) => boolean,
): 'all' | string[] {
  const byName = new Map((described ?? []).map((field) => [field.name, field]));
  const readable = decided.filter((name) => {
    const twin = object === 'Account' ? contactFieldOf(name) : null;
    if (twin !== null && !contactField(twin)) return false;
    if (grants.everyField) return true;
    const field = byName.get(name);
    if (field === undefined) return false;
    const whole = field.compoundFieldName ?? name;
    if (whole === 'Name') return true;
    return !(byName.get(whole) ?? field).permissionable || grants.granted(whole);
  });
  return readable.length === decided.length ? 'all' : readable;
}

/** Returns the contact field behind an account's person field; null if the field is not a person field. */
function contactFieldOf(name: string): string | null {
  if (name.endsWith('__pc')) return `${name.slice(0, -'__pc'.length)}__c`;
  return /^Person[A-Z]/.test(name) ? name.slice('Person'.length) : null;
}
