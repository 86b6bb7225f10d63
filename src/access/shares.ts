import type { IndexedObject, ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { ShareRow } from './types.ts';

/**
 * Access levels that let a grantee read: the values of `AccountAccessLevel` and similar fields in the object reference
 * (`All` is the owner's). `None`, an empty level and unknown values grant nothing.
 */
const READING_LEVELS: ReadonlySet<unknown> = new Set(['Read', 'Edit', 'All']);

/**
 * Reduces a row of the object's share table, keyed by API field name as Salesforce sends it, to what decides reading. A
 * deleted row (queryAll returns them for a while) and a row without a grantee grant nothing. Never throws.
 */
export function shareRow(object: IndexedObject, raw: Readonly<Record<string, unknown>>): ShareRow {
  const grantee = text(raw.UserOrGroupId);
  const cause = text(raw.RowCause);
  if (grantee === '' || raw.IsDeleted === true || raw.IsDeleted === 'true') return { grantee, cause, opens: [] };
  return { grantee, cause, opens: OBJECT_NAMES.filter((name) => READING_LEVELS.has(raw[levelField(object, name)])) };
}

function levelField(object: IndexedObject, opened: ObjectName): string {
  return opened === object.name ? object.share.levelField : (object.share.childLevelFields[opened] ?? '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
