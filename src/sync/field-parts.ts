import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { ObjectSelection } from './selection.ts';
import { recordsQuery } from './soql.ts';

/**
 * An object with many formula or currency fields is read in parts: Salesforce refuses all fields in one query
 * (QUERY_TOO_COMPLICATED). Then every keyset reads ids alone, and `recordsOfIds` the fields.
 */

export function isTooComplicated(error: unknown): error is TransientError {
  return error instanceof TransientError && error.remedy === 'fewer-fields';
}

export function readsInParts({ object }: ObjectSelection, sizes: QuerySizes): boolean {
  return sizes.parts(object.name) > 1;
}

/** The object's fields in as many parts as it takes; what decides on access is in each. */
export function fieldParts(chosen: ObjectSelection, sizes: QuerySizes): ObjectSelection[] {
  const { fields } = chosen;
  if (!readsInParts(chosen, sizes) || fields.length === 0) return [chosen];
  const size = Math.max(1, Math.ceil(fields.length / sizes.parts(chosen.object.name)));
  return Array.from({ length: Math.ceil(fields.length / size) }, (_, at) => ({
    ...chosen,
    fields: fields.slice(at * size, (at + 1) * size),
  }));
}

/** What a keyset asks of the object's records: all that is wanted, or their ids alone. */
export function fieldsAsked(chosen: ObjectSelection, sizes: QuerySizes): ObjectSelection {
  return readsInParts(chosen, sizes) ? onlyIds(chosen) : chosen;
}

export function onlyIds(chosen: ObjectSelection): ObjectSelection {
  return { ...chosen, fields: [], accessFields: [] };
}

/**
 * Has the object's fields be read in smaller parts from now on.
 *
 * @param asked what the refused query asked for
 * @throws RejectedQueryError where it cannot have asked for much less
 */
export function splitFields(
  chosen: ObjectSelection,
  asked: ObjectSelection,
  sizes: QuerySizes,
  error: SalesforceError,
): void {
  // Another query has met the refusal meanwhile.
  if (asked === chosen && chosen.fields.length > 0 && readsInParts(chosen, sizes)) return;
  sizes.splitFields(asked.object.name, asked.fields.length, toSoql(recordsQuery(asked)), error);
}
