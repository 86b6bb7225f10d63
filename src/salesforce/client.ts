import { performance } from 'node:perf_hooks';
import { normalizeBaseUrl } from './base-url.ts';
import { type BatchOptions, type BatchQuery, type BatchResult, compositeBatch, type QueryOutcome } from './batch.ts';
import { createClock, type OrgClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { ObjectDescription } from './describe.ts';
import { createGate } from './gate.ts';
import { createExchange } from './http.ts';
import { createLingering } from './lingering.ts';
import { Meter } from './meter.ts';
import { type QueryOptions, type QueryPage, type QuerySettings, query } from './query.ts';
import { ONE_QUERY_MS } from './request-limits.ts';
import { type RetryPolicy, retrying, sleep } from './retry.ts';
import { createSessions } from './session.ts';
import { explainPath, type QueryPlan, readPlans, readRecordCounts, recordCountPath } from './sizes.ts';
import { createTokenHolder } from './token-holder.ts';
import { type ApiUsage, parseLimitInfo } from './usage.ts';
import { readVersions } from './versions.ts';
import { createWaits, type Waiting } from './waiting.ts';

export interface SalesforceOptions {
  /** The org's My Domain URL. */
  readonly baseUrl: string;
  /** Asked at the first token, and again when the org refuses what it gave. */
  readonly credentials: () => Promise<Credentials>;
  /** Default 67.0: the sharing model needs columns that came with it. */
  readonly apiVersion?: string;
  /** Rows a page, 200 to 2000; left out: the org's default. */
  readonly pageSize?: number;
  /**
   * Most requests at work at once, those included that linger in the org; fewer while the org finds them too many.
   * Default 4: each may become a long one, and an org runs 25 of those at once, a Developer Edition 5.
   */
  readonly maxConcurrent?: number;
  /** Ms until a reply begins, for each query in the request, 610,000 at most; default 130,000 (Salesforce itself ends a query at 120 s). */
  readonly firstByteMs?: number;
  /** Ms without a byte once a reply has begun; default 30,000. */
  readonly idleMs?: number;
  /** Ms from a request with one query to its reply's end; default 600,000. One with more has as much longer as its reply may take to begin. */
  readonly wholeMs?: number;
  /** Bytes of one reply, also when it is decompressed; default 128 MiB. */
  readonly maxReplyBytes?: number;
  /** Waits between the tries of one request; default 500 ms and 2 s, so three tries. */
  readonly retryDelaysMs?: readonly number[];
  /** The same where the org finds too many requests at work; default 1 s, 4 s, 15 s and 30 s. */
  readonly busyDelaysMs?: readonly number[];
  readonly sleep?: RetryPolicy['sleep'];
  /** Monotonic ms; default `performance.now`. */
  readonly now?: () => number;
}

/** Who the connector is in the org. */
interface Identity {
  readonly organizationId: string;
  readonly userId: string;
  /** Scopes of the token, separated by spaces. */
  readonly scope: string;
  readonly instanceUrl: string;
  readonly apiVersion: string;
}

interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * A client of one org. Every method throws a `SalesforceError` (see errors.ts), or the signal's reason once it is
 * aborted. What may work in a moment is repeated within, a few times; longer patience is the caller's.
 */
export interface Salesforce {
  /** Gets a new token, and so proves that one can be had. */
  authenticate(options?: CallOptions): Promise<Identity>;
  /**
   * The pages of a query, read one ahead of the consumer; the first request goes out at the first `next()`. Leaving the
   * loop cancels what is under way. Throws `IncompleteReadError` in place of the last page where rows are missing.
   */
  query(soql: string, options?: QueryOptions): AsyncGenerator<QueryPage, void, undefined>;
  /** All rows of each query, five queries an API call; an object that the org lacks or hides is a value, not an error. */
  queryMany(queries: readonly (string | BatchQuery)[], options?: BatchOptions): Promise<readonly QueryOutcome[]>;
  /** The objects' fields that the integration user sees, 25 objects an API call; null: no such object, or hidden. */
  describe(names: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, ObjectDescription | null>>;
  /** Queries and describes in the same calls. */
  compositeBatch(
    work: { readonly queries?: readonly (string | BatchQuery)[]; readonly describes?: readonly string[] },
    options?: CallOptions,
  ): Promise<BatchResult>;
  /** How the org would run a query, the way that it takes first; the query does not run. Beta: an org may refuse it. */
  explain(soql: string, options?: CallOptions): Promise<readonly QueryPlan[]>;
  /**
   * About how many records the objects have, whoever sees them. Share objects, and some others, are left out. Refused
   * without View Setup and Configuration.
   */
  recordCount(names: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, number>>;
  /** The API versions that the org offers: `67.0` …; no API call to the org's count. */
  versions(options?: CallOptions): Promise<readonly string[]>;
  /** The organization of the token at hand, or of a new one where there is none. No API call. */
  organizationId(options?: CallOptions): Promise<string>;
  readonly clock: OrgClock;
  /** Whom the last token belongs to; null before the first. */
  readonly userId: string | null;
  /** The oldest request at work: since when it waits, and how long it may; null: there is none. */
  readonly waiting: Waiting | null;
  /** From the last reply that told it; null before. */
  readonly usage: ApiUsage | null;
  /** The same client, whose requests count on this meter, too. */
  metered(meter: Meter): Salesforce;
  /** API requests of this client and all that are metered, a /composite being one. Token requests apart. */
  readonly calls: number;
  readonly tokenRequests: number;
}

function asQuery(query: string | BatchQuery): BatchQuery {
  return typeof query === 'string' ? { soql: query } : query;
}

/** Makes a client; sends nothing yet. Throws `ConfigurationError` for a base_url that cannot be one. */
export function createSalesforce(options: SalesforceOptions): Salesforce {
  const baseUrl = normalizeBaseUrl(options.baseUrl);
  const apiVersion = options.apiVersion ?? '67.0';
  const settings: QuerySettings = { root: `/services/data/v${apiVersion}`, pageSize: options.pageSize ?? null };
  const retry: RetryPolicy = {
    delaysMs: options.retryDelaysMs ?? [500, 2000],
    busyDelaysMs: options.busyDelaysMs ?? [1000, 4000, 15_000, 30_000],
    sleep: options.sleep ?? sleep,
  };
  const now = options.now ?? (() => performance.now());
  const clock = createClock(now);
  let usage: ApiUsage | null = null;

  const lingering = createLingering({ now, sleep: retry.sleep });
  const waits = createWaits();
  const gate = createGate(options.maxConcurrent ?? 4, lingering);
  const exchange = createExchange({
    limits: {
      firstByteMs: options.firstByteMs ?? ONE_QUERY_MS,
      idleMs: options.idleMs ?? 30_000,
      wholeMs: options.wholeMs ?? 600_000,
      maxReplyBytes: options.maxReplyBytes ?? 128 * 2 ** 20,
    },
    gate,
    lingering,
    waits,
    now,
    onHead: ({ headers, sentAt, receivedAt }) => {
      clock.observe({ date: headers.date, sentAt, receivedAt });
      usage = parseLimitInfo(headers['sforce-limit-info']) ?? usage;
    },
  });
  const tokens = createTokenHolder({
    exchange,
    baseUrl,
    credentials: options.credentials,
    orgTime: () => (clock.lastDate === null ? Date.now() : clock.now()),
  });
  const sessionOn = createSessions({ exchange, tokens, baseUrl, retry, gate, now });
  const all = new Meter();
  return clientOn([all]);

  function clientOn(meters: readonly Meter[]): Salesforce {
    const session = sessionOn(meters);
    return Object.freeze({
      async authenticate({ signal }: CallOptions = {}) {
        const token = await retrying(retry, () => tokens.fresh(signal, meters), signal);
        const { organizationId, userId, scope, instanceUrl } = token;
        return { organizationId, userId, scope, instanceUrl, apiVersion };
      },
      query: (soql: string, queryOptions: QueryOptions = {}) => query(session, settings, soql, queryOptions),
      async queryMany(queries: readonly (string | BatchQuery)[], batchOptions: BatchOptions = {}) {
        return (await compositeBatch(session, settings, queries.map(asQuery), [], batchOptions)).queries;
      },
      async describe(names: readonly string[], { signal }: CallOptions = {}) {
        return (await compositeBatch(session, settings, [], names, signal === undefined ? {} : { signal })).describes;
      },
      compositeBatch: ({ queries = [], describes = [] }, { signal }: CallOptions = {}) =>
        compositeBatch(session, settings, queries.map(asQuery), describes, signal === undefined ? {} : { signal }),
      explain: (soql: string, { signal }: CallOptions = {}) =>
        session.request({
          method: 'GET',
          path: explainPath(settings.root, soql),
          asked: () => ({ what: 'explain', queries: [] }),
          read: readPlans,
          ...(signal && { signal }),
        }),
      recordCount: (names: readonly string[], { signal }: CallOptions = {}) =>
        session.request({
          method: 'GET',
          path: recordCountPath(settings.root, names),
          asked: () => ({ what: 'recordCount', queries: [] }),
          read: readRecordCounts,
          ...(signal && { signal }),
        }),
      versions: ({ signal }: CallOptions = {}) =>
        session.request({
          method: 'GET',
          path: '/services/data',
          asked: () => ({ what: 'versions', queries: [] }),
          free: true,
          read: readVersions,
          ...(signal && { signal }),
        }),
      async organizationId({ signal }: CallOptions = {}) {
        return (await retrying(retry, () => tokens.current(signal, meters), signal)).organizationId;
      },
      clock: Object.freeze({
        now: clock.now,
        get inDoubt() {
          return clock.inDoubt;
        },
        get lastDate() {
          return clock.lastDate;
        },
      }),
      get userId() {
        return tokens.userId;
      },
      get waiting() {
        return waits.oldest;
      },
      get usage() {
        return usage;
      },
      metered: (meter: Meter) => clientOn([...meters, meter]),
      get calls() {
        return all.calls;
      },
      get tokenRequests() {
        return all.tokenRequests;
      },
    } satisfies Salesforce);
  }
}
