import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { ObjectSchema } from './resolved-schema.ts';
import { recordsQuery } from './soql.ts';

/**
 * An object with many formula or currency fields is read in parts, because Salesforce refuses all fields in one query
 * (QUERY_TOO_COMPLICATED). Then every keyset reads only ids, and `recordsOfIds` reads the fields.
 */

export function isTooComplicated(error: unknown): error is TransientError {
  return error instanceof TransientError && error.remedy === 'fewer-fields';
}

export function readsInParts({ object }: ObjectSchema, sizes: QuerySizes): boolean {
  return sizes.parts(object.name) > 1;
}

/** Splits the object's fields into as many parts as needed. Each part also has the fields that decide access. */
export function fieldParts(chosen: ObjectSchema, sizes: QuerySizes): ObjectSchema[] {
  const { fields } = chosen;
  if (!readsInParts(chosen, sizes) || fields.length === 0) return [chosen];
  const size = Math.max(1, Math.ceil(fields.length / sizes.parts(chosen.object.name)));
  return Array.from({ length: Math.ceil(fields.length / size) }, (_, at) => ({
    ...chosen,
    fields: fields.slice(at * size, (at + 1) * size),
  }));
}

/** Returns what a keyset selects: all chosen fields, or only the ids. */
export function fieldsAsked(chosen: ObjectSchema, sizes: QuerySizes): ObjectSchema {
  return readsInParts(chosen, sizes) ? onlyIds(chosen) : chosen;
}

export function onlyIds(chosen: ObjectSchema): ObjectSchema {
  return { ...chosen, fields: [], accessFields: [] };
}

/**
 * Makes later queries read the object's fields in smaller parts.
 *
 * @param asked what the refused query selected
 * @throws RejectedQueryError if that query could not have had far fewer fields
 */
export function splitFields(
  chosen: ObjectSchema,
  asked: ObjectSchema,
  sizes: QuerySizes,
  error: SalesforceError,
): void {
  // Another query was refused in the meantime, and the fields are already split.
  if (asked === chosen && chosen.fields.length > 0 && readsInParts(chosen, sizes)) return;
  sizes.splitFields(asked.object.name, asked.fields.length, toSoql(recordsQuery(asked)), error);
}
