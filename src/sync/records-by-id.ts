import type { Salesforce } from '../salesforce/client.ts';
import { TransientError } from '../salesforce/errors.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { rowsByIds } from './by-ids.ts';
import { fieldParts, isTooComplicated, readsInParts, splitFields } from './field-parts.ts';
import { type KeysetPage, readKeyset } from './keyset.ts';
import { recordsKeyset } from './keysets.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { RawRecord } from './record.ts';
import type { ObjectSchema } from './resolved-schema.ts';
import { RECORDS_PER_QUERY, recordsById } from './soql.ts';

/** How often a record may change between the queries for its fields. */
const MOST_TRIES = 5;

/**
 * Reads those of the records that exist and match the filter; in parts if the org refuses a query of all fields. The
 * caller's version is from before the first part, so a record that changes later gets a later stamp.
 *
 * @throws RejectedQueryError if the org refuses even a few fields
 */
export async function recordsOfIds(
  salesforce: Salesforce,
  chosen: ObjectSchema,
  ids: readonly string[],
  sizes: QuerySizes,
  signal: AbortSignal,
): Promise<Map<string, RawRecord>> {
  for (;;) {
    const parts = fieldParts(chosen, sizes);
    try {
      return await readParts(salesforce, parts, ids, signal);
    } catch (error) {
      if (!(error instanceof PartRefused)) throw error;
      splitFields(chosen, error.part, sizes, error.error);
    }
  }
}

/** The org refused a part because it has too many fields. */
class PartRefused extends Error {
  readonly part: ObjectSchema;
  readonly error: TransientError;

  constructor(part: ObjectSchema, error: TransientError) {
    super(error.message);
    this.part = part;
    this.error = error;
  }
}

/** Reads all parts of the records. Reads records again that changed in between, until their parts match. */
async function readParts(
  salesforce: Salesforce,
  parts: readonly ObjectSchema[],
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, RawRecord>> {
  const records = new Map<string, RawRecord>();
  let open = ids;
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === MOST_TRIES) throw torn(parts, open.length);
    const read: Map<string, RawRecord>[] = [];
    for (const part of parts) read.push(await readPart(salesforce, part, open, signal));
    const changed: string[] = [];
    for (const id of open) {
      const pieces = read.map((rows) => rows.get(id)).filter((piece) => piece !== undefined);
      if (pieces.length === 0) continue;
      if (belongTogether(pieces, parts.length)) records.set(id, Object.assign({}, ...pieces));
      else changed.push(id);
    }
    open = changed;
  }
  return records;
}

/**
 * A second change within the same second does not show in the stamp. The next pass, whose window begins earlier, reads
 * it.
 */
function belongTogether(pieces: readonly RawRecord[], parts: number): boolean {
  return pieces.length === parts && pieces.every((piece) => piece.SystemModstamp === pieces[0]?.SystemModstamp);
}

function torn([part]: readonly ObjectSchema[], count: number): TransientError {
  return new TransientError({
    message: `${count} records of ${part?.object.name} changed each of the ${MOST_TRIES} times that their fields were read in parts`,
    hint: 'They are read again.',
    remedy: 'same-range',
  });
}

async function readPart(
  salesforce: Salesforce,
  part: ObjectSchema,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, RawRecord>> {
  const soql = (some: readonly string[]): SoqlQuery => recordsById(part, some);
  try {
    const answers = await rowsByIds(salesforce, ids, RECORDS_PER_QUERY, soql, signal);
    return new Map(answers.flatMap(({ rows }) => rows.map((row) => [String(row.Id), row] as const)));
  } catch (error) {
    throw isTooComplicated(error) ? new PartRefused(part, error) : error;
  }
}

/**
 * Yields an object's records by Id, page by page, also if their fields are read in parts. Leaves out a record that is
 * deleted before its fields are read, see `agreedReading`.
 */
export async function* recordPages(
  salesforce: Salesforce,
  what: string,
  chosen: ObjectSchema,
  range: { readonly after: string | null; readonly rows: number },
  sizes: QuerySizes,
  signal: AbortSignal,
): AsyncGenerator<KeysetPage, void, undefined> {
  for await (const page of readKeyset(salesforce, recordsKeyset(what, chosen, range, sizes), sizes, signal)) {
    if (!readsInParts(chosen, sizes)) {
      yield page;
      continue;
    }
    const ids = page.records.map((row) => String(row.Id));
    const records = await recordsOfIds(salesforce, chosen, ids, sizes, signal);
    yield { ...page, records: ids.map((id) => records.get(id)).filter((record) => record !== undefined) };
  }
}
