/** What a request asks the org for, as far as its time and its repetition depend on it. */
export interface Asked {
  readonly what: 'query' | 'composite' | 'describe' | 'explain' | 'recordCount' | 'versions' | 'token';
  /** The path of each query in it; of a further page, its own. */
  readonly queries: readonly string[];
}

/** Salesforce ends a query after two minutes, and any other request after ten (API Request Limits, "API Timeout Limits"). */
const ORG_QUERY_MS = 120_000;
const ORG_REQUEST_MS = 600_000;

/** Until a reply has come, after the org has ended the request by its own limit: a request is never given up before. */
const REPLY_MS = 10_000;

/** What one query, or a request without any, is given by default. */
export const ONE_QUERY_MS = ORG_QUERY_MS + REPLY_MS;

/** How long the org works on a request at most: the queries of a /composite come one after the other. */
export function orgMs({ queries }: Asked): number {
  return Math.min(ORG_REQUEST_MS, ORG_QUERY_MS * Math.max(1, queries.length));
}

/** Until a reply begins, where one query is given so much. */
export function firstByteMs({ queries }: Asked, oneQueryMs: number): number {
  return Math.min(ORG_REQUEST_MS + REPLY_MS, oneQueryMs * Math.max(1, queries.length));
}

/**
 * A connection that breaks so soon was mostly one that the other end had closed, or a refusal on arrival: such a request
 * is taken for ended, and sent again at once. It costs a second query at most, now and then; to wait two minutes for each
 * would cost small orgs their freshness.
 */
export const SOON_MS = 5_000;

/** How long a request may go on in the org whose connection is gone `tookMs` after it was sent, with no reply. */
export function lingersMs(asked: Asked, tookMs: number): number {
  return asked.queries.length === 0 || tookMs < SOON_MS ? 0 : Math.max(0, orgMs(asked) - tookMs);
}
