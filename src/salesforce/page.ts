import { z } from 'zod';
import { shaped } from './json.ts';

/** One record as REST sends it, without `attributes`; parents are nested the same way. */
export type SalesforceRecord = Record<string, unknown>;

/** One reply of a query. */
export interface ResultPage {
  readonly records: SalesforceRecord[];
  readonly totalSize: number;
  /** Path of the next page; null: this is the last. */
  readonly next: string | null;
}

function isRecord(value: unknown): value is SalesforceRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Checked by hand: zod's own record types copy every row, which costs more than reading the JSON.
const records = z.array(z.custom<SalesforceRecord>(isRecord));

const schema = z.discriminatedUnion('done', [
  z.object({ done: z.literal(true), totalSize: z.int(), records }),
  z.object({
    done: z.literal(false),
    totalSize: z.int(),
    records,
    // A path of the API: what it names gets the token.
    nextRecordsUrl: z.string().startsWith('/services/data/'),
  }),
]);

function withoutAttributes(record: SalesforceRecord): SalesforceRecord {
  const kept: SalesforceRecord = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'attributes') continue;
    kept[name] = isRecord(value) ? withoutAttributes(value) : value;
  }
  return kept;
}

/** Reads a query's reply. Nested results of parent-to-child subqueries are left as they came. */
export function readPage(body: unknown): ResultPage {
  const page = shaped(schema, body, 'a query result');
  return {
    records: page.records.map(withoutAttributes),
    totalSize: page.totalSize,
    next: page.done ? null : page.nextRecordsUrl,
  };
}
