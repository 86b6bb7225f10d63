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
 * but to View All Fields; so are, even to that, an account's person fields: which permission rules them is not
 * documented.
 *
 * @param described the object's fields by describe; null: the object is not described
 */
export function readableFields(
  object: ObjectName,
  decided: readonly string[],
  described: readonly DescribedField[] | null,
  grants: FieldGrants,
): 'all' | string[] {
  const byName = new Map((described ?? []).map((field) => [field.name, field]));
  const readable = decided.filter((name) => {
    if (object === 'Account' && isPersonAccountField(name)) return false;
    if (grants.everyField) return true;
    const field = byName.get(name);
    if (field === undefined) return false;
    const whole = field.compoundFieldName ?? name;
    if (whole === 'Name') return true;
    return !(byName.get(whole) ?? field).permissionable || grants.granted(whole);
  });
  return readable.length === decided.length ? 'all' : readable;
}

function isPersonAccountField(name: string): boolean {
  return name.endsWith('__pc') || /^Person[A-Z]/.test(name);
}
