import type { ObjectReach } from '../../access/types.ts';
import {
  type FieldLists,
  type IndexedFields,
  type IndexedObject,
  OBJECTS,
  type ObjectName,
  OWNER_FIELD,
} from '../../objects/index.ts';
import type { Scope, ScopeGroup, UserAccess } from '../port/search-engine.ts';
import { type Filters, NO_FILTERS } from './filters.ts';

/** What one user may read, within filters. */
export interface UserScope {
  readonly scope: Scope;
  /** Returns the object's indexed fields that the user may read, in the object's order. */
  readonly readable: (object: ObjectName) => readonly string[];
  /**
   * Reports whether the user may read a field of an object, indexed or not. False if the membership did not decide on
   * the field.
   */
  readonly mayRead: (object: ObjectName, field: string) => boolean;
}

const REACHES: readonly Exclude<ObjectReach, 'none'>[] = ['all', 'principals', 'bare'];

/**
 * Computes what a user may read.
 *
 * @param types the objects that are asked for; undefined: all
 * @param filters a filter by a field excludes objects in which the user may not read that field
 */
export function scopeOf(
  userId: string,
  access: UserAccess,
  indexed: IndexedFields,
  types: readonly ObjectName[] | undefined,
  filters: Filters = NO_FILTERS,
): UserScope {
  // Documents of an object that was disabled are being removed.
  const asked = OBJECTS.filter(
    (object) =>
      indexed.fields[object.name].length > 0 &&
      (types?.includes(object.name) ?? true) &&
      mayBeFiltered(object, openFields(access, object.name), filters),
  );
  const readable = (name: ObjectName) => readableFields(access, indexed.fields, name);
  const groups = REACHES.map((reach): ScopeGroup => {
    const objects = asked.filter(({ name }) => access.objects[name].reach === reach);
    return {
      reach,
      objects: objects.map(({ name }) => {
        const fields = readable(name);
        return { name, fields, titleFields: fields.filter((field) => indexed.titleFields[name].includes(field)) };
      }),
    };
  });
  return {
    scope: { userId, groups: groups.filter(({ objects }) => objects.length > 0), filters },
    readable,
    mayRead: (object, field) => openFields(access, object).includes(field),
  };
}

/** Reports whether the user, who may read these fields, may read those that the filters use. */
function mayBeFiltered({ accountField }: IndexedObject, open: readonly string[], { owner, account }: Filters): boolean {
  if (owner !== null && !open.includes(OWNER_FIELD)) return false;
  return account === null || (accountField !== null && open.includes(accountField));
}

function readableFields(access: UserAccess, indexed: FieldLists, name: ObjectName): string[] {
  const fields = new Set(openFields(access, name));
  return indexed[name].filter((field) => fields.has(field));
}

/** Returns the fields that the user may read, out of those that the membership decided on. */
function openFields({ objects, everyField }: UserAccess, name: ObjectName): readonly string[] {
  const { fields } = objects[name];
  return fields === 'all' ? everyField[name] : fields;
}
