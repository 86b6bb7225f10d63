/** The parts of a request that decide its time limits and whether it can be repeated. */
export interface Asked {
  readonly what: 'query' | 'composite' | 'describe' | 'explain' | 'recordCount' | 'versions' | 'token';
  /** The path of each query in it; for a further page, that page's path. */
  readonly queries: readonly string[];
}

/**
 * Salesforce ends a query after two minutes, and any other request after ten (API Request Limits, "API Timeout
 * Limits").
 */
const ORG_QUERY_MS = 120_000;
const ORG_REQUEST_MS = 600_000;

/** Time for the reply to arrive after the org's own limit. The client never gives up before the org does. */
const REPLY_MS = 10_000;

/** Default time for one query, or for a request without any. */
export const ONE_QUERY_MS = ORG_QUERY_MS + REPLY_MS;

/** Returns how long the org works on a request at most. The queries of a /composite run one after the other. */
export function orgMs({ queries }: Asked): number {
  return Math.min(ORG_REQUEST_MS, ORG_QUERY_MS * Math.max(1, queries.length));
}

/** Returns the time until a reply must begin, given the time for one query. */
export function firstByteMs({ queries }: Asked, oneQueryMs: number): number {
  return Math.min(ORG_REQUEST_MS + REPLY_MS, oneQueryMs * Math.max(1, queries.length));
}

/**
 * A connection that breaks this soon had usually been closed by the other end, or was refused on arrival. Such a
 * request counts as ended, and is sent again at once. Now and then that costs a second query; waiting two minutes each
 * time would cost small orgs their freshness.
 */
export const SOON_MS = 5_000;

/**
 * Returns how long a request may continue in the org if its connection broke `tookMs` after sending, without a reply.
 */
export function lingersMs(asked: Asked, tookMs: number): number {
  return asked.queries.length === 0 || tookMs < SOON_MS ? 0 : Math.max(0, orgMs(asked) - tookMs);
}
