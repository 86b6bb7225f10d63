import type { Org } from '../org/types.ts';
import type { Access } from './access.ts';
import type { SharedObject } from './shares.ts';
import { liveRows } from './tables.ts';

/** Returns the ids of all records of the object that the user may read, without deleted records and converted leads. */
export function readableIds(org: Org, access: Access, userId: string, object: SharedObject): string[] {
  return liveRows(org, object)
    .filter((row) => row.IsConverted !== true && access.mayRead(userId, object, row))
    .map((row) => String(row.Id));
}

/** Returns the names of all fields of the object that the user may read. */
export function readableFields(org: Org, access: Access, userId: string, object: SharedObject): string[] {
  const schema = org.objects().find(({ name }) => name === object);
  return (schema?.fields ?? [])
    .map((field) => field.name)
    .filter((field) => access.mayReadField(userId, object, field));
}
