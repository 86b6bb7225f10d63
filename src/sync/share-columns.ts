import type { IndexedObject } from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';

/**
 * The columns that are read of an object's share rows; null: the integration user does not see them. An account's open
 * its contacts, cases and opportunities too: they are read whatever is read of accounts.
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
