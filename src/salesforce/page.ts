import { z } from 'zod';
import { shaped, shapeError } from './json.ts';

/** One record as REST sends it, without `attributes`. Parents are nested in the same form. */
export type SalesforceRecord = Record<string, unknown>;

/** One reply to a query. */
export interface ResultPage {
  readonly records: SalesforceRecord[];
  readonly totalSize: number;
  /** Path of the next page; null on the last. */
  readonly next: string | null;
}

/** Far more rows than an org can hold. */
const MOST_ROWS = 10_000_000_000;

/** The only documented form of a next page's path. Checked because the token is sent there. */
const NEXT_PAGE = /^\/services\/data\/v\d{2,3}\.\d\/query(?:All)?\/[\w-]{1,200}$/;

/** A query can go up five levels of parents and down five levels of children, each a result with a list of records. */
const MOST_LEVELS = 30;

function isRecord(value: unknown): value is SalesforceRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Checked by hand, because zod's own record types copy every row, which costs more than parsing the JSON.
const records = z.array(z.custom<SalesforceRecord>(isRecord));

const totalSize = z.int().min(0).max(MOST_ROWS);

const schema = z.discriminatedUnion('done', [
  z.object({ done: z.literal(true), totalSize, records }),
  z.object({
    done: z.literal(false),
    totalSize,
    records,
    nextRecordsUrl: z.string().regex(NEXT_PAGE),
  }),
]);

function withoutAttributes(record: SalesforceRecord, level: number): SalesforceRecord {
  refuseDepth(level);
  const kept: SalesforceRecord = {};
  for (const [name, value] of Object.entries(record)) {
    // Assigning to `__proto__` would change the record's prototype, and no field has that name.
    if (name === 'attributes' || name === '__proto__') continue;
    if (Array.isArray(value)) refuseDeep(value, level + 1);
    kept[name] = isRecord(value) ? withoutAttributes(value, level + 1) : value;
  }
  return kept;
}

/** Throws if a value that is kept as it came is nested so deeply that walking it would overflow the stack. */
function refuseDeep(value: unknown, level: number): void {
  if (typeof value !== 'object' || value === null) return;
  refuseDepth(level);
  for (const inner of Object.values(value)) refuseDeep(inner, level + 1);
}

function refuseDepth(level: number): void {
  if (level > MOST_LEVELS) throw shapeError('a query result', 'a record nested deeper than any query asks for');
}

/** Reads a query's reply. Nested results of parent-to-child subqueries are kept as they came. */
export function readPage(body: unknown): ResultPage {
  const page = shaped(schema, body, 'a query result');
  return {
    records: page.records.map((record) => withoutAttributes(record, 1)),
    totalSize: page.totalSize,
    next: page.done ? null : page.nextRecordsUrl,
  };
}
