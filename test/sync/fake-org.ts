import type { Salesforce } from '../../src/salesforce/client.ts';
import { IncompleteReadError, TransientError } from '../../src/salesforce/errors.ts';
import type { SalesforceRecord } from '../../src/salesforce/page.ts';
import type { QueryOptions, QueryPage } from '../../src/salesforce/query.ts';

/** Rows in memory that answer a keyset's own SOQL: page by page, as Salesforce does, and no faster than a test says. */
export interface FakeOrg {
  readonly salesforce: Salesforce;
  /** By Id. Removing a row deletes it. */
  readonly rows: Map<string, SalesforceRecord>;
  /** The queries so far, as text. */
  readonly asked: string[];
  /** Those that timed out. */
  readonly timedOut: string[];
}

export interface FakeOrgOptions {
  readonly rows: readonly SalesforceRecord[];
  readonly pageSize: number;
  /** A query over a range of more rows than this times out, regardless of its LIMIT. */
  readonly capacity?: number;
  /**
   * Called before each page is fetched, including the first, with the number of pages so far. May throw the page's
   * error.
   */
  readonly beforePage?: (fetched: number, org: FakeOrg) => void;
}

export const timeOut = (): TransientError =>
  new TransientError({ message: 'QUERY_TIMEOUT', hint: '', remedy: 'smaller-range', errorCode: 'QUERY_TIMEOUT' });

export const lostCursor = (): TransientError =>
  new TransientError({ message: 'INVALID_QUERY_LOCATOR', hint: '', remedy: 'same-range' });

export function fakeOrg({ rows, pageSize, capacity = Number.POSITIVE_INFINITY, beforePage }: FakeOrgOptions): FakeOrg {
  let fetched = 0;

  /** A query collects ids first. It fetches rows when their page is requested. */
  async function* query(soql: string, { allowFewer = false }: QueryOptions = {}): AsyncGenerator<QueryPage> {
    org.asked.push(soql);
    beforePage?.(fetched++, org);
    const { matches, order, limit } = parsed(soql);
    const inRange = [...org.rows.values()].filter(matches).sort(order);
    if (inRange.length > capacity) {
      org.timedOut.push(soql);
      throw timeOut();
    }
    const ids = inRange.slice(0, limit).map((row) => String(row.Id));
    let received = 0;
    for (let from = 0; from === 0 || from < ids.length; from += pageSize) {
      if (from > 0) beforePage?.(fetched++, org);
      const records = ids
        .slice(from, from + pageSize)
        .map((id) => org.rows.get(id))
        .filter((row) => row !== undefined);
      received += records.length;
      const done = from + pageSize >= ids.length;
      if (done && received < ids.length && !allowFewer) throw new IncompleteReadError(ids.length, received);
      yield { records, totalSize: ids.length, done };
    }
  }

  const org: FakeOrg = {
    rows: new Map(rows.map((row) => [String(row.Id), row])),
    asked: [],
    timedOut: [],
    salesforce: { query } as Partial<Salesforce> as Salesforce,
  };
  return org;
}

type Matches = (row: SalesforceRecord) => boolean;

/** WHERE, ORDER BY and LIMIT of a keyset. */
function parsed(soql: string) {
  const {
    where = '',
    key = '',
    limit,
  } = /FROM \w+(?: WHERE (?<where>.+))? ORDER BY (?<key>\w+)(?:, Id)?(?: LIMIT (?<limit>\d+))?$/.exec(soql)?.groups ??
  {};
  if (key === '') throw new Error(`This is not a keyset query: ${soql}`);
  const terms = where === '' ? [] : where.split(' AND ').map(termOf);
  return {
    matches: (row: SalesforceRecord) => terms.every((term) => term(row)),
    order: (a: SalesforceRecord, b: SalesforceRecord) =>
      compare(comparable(a[key]), comparable(b[key])) || compare(String(a.Id), String(b.Id)),
    limit: limit === undefined ? undefined : Number(limit),
  };
}

function termOf(text: string): Matches {
  if (text.startsWith('(')) {
    const either = text.slice(1, -1).split(' OR ').map(termOf);
    return (row) => either.some((term) => term(row));
  }
  const {
    key = '',
    sign = '',
    value = '',
  } = /^(?<key>\w+) (?<sign>[<>]=?) '?(?<value>[^']+)'?$/.exec(text)?.groups ?? {};
  if (sign === '') throw new Error(`This is not a term of a keyset query: ${text}`);
  return (row) => {
    const sense = compare(comparable(row[key]), comparable(value));
    return sense === 0 ? sign.endsWith('=') : sign.startsWith(sense < 0 ? '<' : '>');
  };
}

/** Times to the second: comparisons ignore milliseconds. */
function comparable(value: unknown): string {
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? text.slice(0, 19) : text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
