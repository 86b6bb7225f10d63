import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { ApiUsage } from '../facts/limits.ts';
import { normalizeBaseUrl } from './base-url.ts';
import { type BatchOptions, type BatchQuery, type BatchResult, compositeBatch, type QueryOutcome } from './batch.ts';
import { createClock, type OrgClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { ObjectDescription } from './describe.ts';
import { createGate } from './gate.ts';
import { createExchange } from './http.ts';
import { shaped } from './json.ts';
import { createLingering } from './lingering.ts';
import { Meter } from './meter.ts';
import { type QueryOptions, type QueryPage, type QuerySettings, query } from './query.ts';
import { ONE_QUERY_MS } from './request-limits.ts';
import { type RetryPolicy, retrying, sleep } from './retry.ts';
import { createSessions } from './session.ts';
import { explainPath, type QueryPlan, readPlans, readRecordCounts, recordCountPath } from './sizes.ts';
import { createTokenHolder } from './token-holder.ts';
import { createWaits, type Waiting } from './waiting.ts';

export interface SalesforceOptions {
  /** The org's My Domain URL. */
  readonly baseUrl: string;
  /** Called for the first token, and again if the org refuses the credentials. */
  readonly credentials: () => Promise<Credentials>;
  /** Default 67.0, because the sharing model needs columns added in that version. */
  readonly apiVersion?: string;
  /** Rows per page, 200 to 2000; if missing, the org's default. */
  readonly pageSize?: number;
  /**
   * Maximum number of concurrent requests, including those that linger in the org; reduced while the org reports too
   * many. Default 4: each can become long-running, and an org runs 25 of those at once (Developer Edition: 5).
   */
  readonly maxConcurrent?: number;
  /**
   * Ms until a reply begins, per query in the request, at most 610,000. Default 130,000, because Salesforce itself ends
   * a query after 120 s.
   */
  readonly firstByteMs?: number;
  /** Ms without a byte once a reply has begun. Default 30,000. */
  readonly idleMs?: number;
  /**
   * Ms from sending a request with one query to the end of its reply. Default 600,000. A request with more queries gets
   * as much extra time as its reply gets to begin.
   */
  readonly wholeMs?: number;
  /** Maximum size of a reply in bytes, before and after decompression. Default 128 MiB. */
  readonly maxReplyBytes?: number;
  /** Waits between the tries of one request. Default 500 ms and 2 s, so three tries. */
  readonly retryDelaysMs?: readonly number[];
  /** Waits between tries if the org reports too many concurrent requests. Default 1 s, 4 s, 15 s and 30 s. */
  readonly busyDelaysMs?: readonly number[];
  readonly sleep?: RetryPolicy['sleep'];
  /** Monotonic ms. Default `performance.now`. */
  readonly now?: () => number;
}

/** The user that the connector signs in as. */
interface Identity {
  readonly organizationId: string;
  readonly userId: string;
  /** The token's scopes, separated by spaces. */
  readonly scope: string;
  readonly instanceUrl: string;
  readonly apiVersion: string;
}

interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * A client of one org. Every method throws a `SalesforceError` (see errors.ts), or the signal's reason once it is
 * aborted. The client retries a few times what might work in a moment; longer patience is up to the caller.
 */
export interface Salesforce {
  /** Gets a new token, which proves that the credentials work. */
  authenticate(options?: CallOptions): Promise<Identity>;
  /**
   * Yields the pages of a query, read one page ahead of the consumer. The first request goes out at the first `next()`.
   * Leaving the loop cancels pending requests. Throws `IncompleteReadError` instead of the last page if rows are
   * missing.
   */
  query(soql: string, options?: QueryOptions): AsyncGenerator<QueryPage, void, undefined>;
  /**
   * Returns all rows of each query, five queries per API call. An object that the org lacks or hides is a value, not an
   * error.
   */
  queryMany(queries: readonly (string | BatchQuery)[], options?: BatchOptions): Promise<readonly QueryOutcome[]>;
  /**
   * Returns the fields that the integration user sees on each object, 25 objects per API call; null for an object that
   * is missing or hidden.
   */
  describe(names: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, ObjectDescription | null>>;
  /** Runs queries and describes in the same calls. */
  compositeBatch(
    work: { readonly queries?: readonly (string | BatchQuery)[]; readonly describes?: readonly string[] },
    options?: CallOptions,
  ): Promise<BatchResult>;
  /** Returns the org's plans for a query, the preferred one first, without running it. Beta: an org may refuse it. */
  explain(soql: string, options?: CallOptions): Promise<readonly QueryPlan[]>;
  /**
   * Returns the approximate number of records of each object, regardless of visibility. Share objects and some others
   * are missing. The org refuses it without View Setup and Configuration.
   */
  recordCount(names: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, number>>;
  /** Returns the API versions that the org offers: `67.0` …. Does not count as an API call. */
  versions(options?: CallOptions): Promise<readonly string[]>;
  /** Returns the organization id of the current token, or of a new one if there is none. Not an API call. */
  organizationId(options?: CallOptions): Promise<string>;
  readonly clock: OrgClock;
  /** The user of the last token; null before the first. */
  readonly userId: string | null;
  /** The oldest pending request, with its start and its limit; null if there is none. */
  readonly waiting: Waiting | null;
  /** Usage from the last reply that reported it; null before. */
  readonly usage: ApiUsage | null;
  /** Returns the same client, with its requests also counted on this meter. */
  metered(meter: Meter): Salesforce;
  /** API requests of this client and all its metered ones. A /composite counts as one; token requests do not count. */
  readonly calls: number;
  readonly tokenRequests: number;
}

function asQuery(query: string | BatchQuery): BatchQuery {
  return typeof query === 'string' ? { soql: query } : query;
}

/** Creates a client without sending anything. Throws `ConfigurationError` for an invalid base_url. */
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

/** Reads `Sforce-Limit-Info: api-usage=18/5000`, which may be followed by the app's own share. */
function parseLimitInfo(header: string | undefined): ApiUsage | null {
  const match = /(?:^|[;,\s])api-usage=(\d{1,12})\/(\d{1,12})(?!\d)/.exec(header ?? '');
  return match === null ? null : { used: Number(match[1]), limit: Number(match[2]) };
}

const VERSIONS = z.array(z.object({ version: z.string().regex(/^\d{1,3}\.\d$/) }));

/** The versions of `GET /services/data`. */
function readVersions(body: unknown): string[] {
  return shaped(VERSIONS, body, 'the list of API versions').map(({ version }) => version);
}
