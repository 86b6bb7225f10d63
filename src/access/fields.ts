import type { ObjectName } from '../objects/index.ts';
import type { DescribedField } from './tables.ts';

/** What a user's permission sets say about an object's fields. */
export interface FieldGrants {
  /** View All Fields on the object, or global. */
  readonly everyField: boolean;
  /** Names without the object's, of FieldPermissions rows with PermissionsRead. */
  granted(field: string): boolean;
}

/**
 * The fields of `decided` that the grants let a user read, or `all` for every one. Field-level security decides (its
 * reference: FieldPermissions): a field without it (`permissionable: false`) is everybody's; parts of a compound field
 * go by the compound's permission, parts of a name are always readable. A field that describe does not show is closed
 * but to View All Fields. An account's person fields are the contact's under another name, and which of the two permissions
 * rules them is not documented: both must.
 *
 * @param described the object's fields by describe; null: the object is not described
 * @param contactField may the user read that field of contacts? Asked for accounts' person fields
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

/** The field of contacts that an account's person field shows; null: it is none. */
function contactFieldOf(name: string): string | null {
  if (name.endsWith('__pc')) return `${name.slice(0, -'__pc'.length)}__c`;
  return /^Person[A-Z]/.test(name) ? name.slice('Person'.length) : null;
}
