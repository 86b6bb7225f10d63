import type { Org } from '../org/types.ts';
import type { Access } from './access.ts';
import type { SharedObject } from './shares.ts';
import { liveRows } from './tables.ts';

/** Every record of the object that the user may read: not deleted, not a converted lead. */
export function readableIds(org: Org, access: Access, userId: string, object: SharedObject): string[] {
  return liveRows(org, object)
    .filter((row) => row.IsConverted !== true && access.mayRead(userId, object, row))
    .map((row) => String(row.Id));
}

/** Every field of the object that the user may read. */
export function readableFields(org: Org, access: Access, userId: string, object: SharedObject): string[] {
  const schema = org.objects().find(({ name }) => name === object);
  return (schema?.fields ?? [])
    .map((field) => field.name)
    .filter((field) => access.mayReadField(userId, object, field));
}
