import type { IndexedObject } from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';

/**
 * Returns the columns to read of an object's share rows; null if the integration user does not see them. Those of
 * accounts also grant access to contacts, cases and opportunities, so they are read even if accounts are not.
 */
export function shareColumns(
  { share }: IndexedObject,
  describes: ReadonlyMap<string, ObjectDescription | null>,
): string[] | null {
  const described = describes.get(share.object) ?? null;
  if (described === null) return null;
  const has = new Set(described.fields.map((field) => field.name));
  const wanted = [
    'Id',
    share.parentField,
    'UserOrGroupId',
    share.levelField,
    ...Object.values(share.childLevelFields),
    'RowCause',
    'IsDeleted',
    'LastModifiedDate',
  ];
  return wanted.filter((column) => has.has(column));
}
