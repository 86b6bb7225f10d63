import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@opensearch-project/opensearch';
import type { EngineTrouble } from '../../facts/engine.ts';
import type { OpenSearchLocation } from '../location.ts';
import { EngineUnavailableError, IndexReplacedError } from '../port/errors.ts';
import { type ClusterFailure, failureOf, failureOfAnswer, unavailableBecause } from './failures.ts';

/** A cluster, asked by JSON. Its failures become the index's errors. Connects at the first request. */
export class Cluster {
  readonly #location: OpenSearchLocation;
  #client: Promise<Client> | null = null;

  constructor(location: OpenSearchLocation) {
    this.#location = location;
  }

  /** Sends a request, and returns the body of the answer. */
  ask<Answer>(request: Request): Promise<Answer> {
    return this.#asked<Answer, never>(request, (failure) => {
      throw this.error(failure);
    });
  }

  /** Sends a request. Null: OpenSearch answers that something is missing (404). */
  find<Answer>(request: Request): Promise<Answer | null> {
    return this.#asked<Answer, null>(request, (failure) => {
      if (failure.code === 'index_missing' || ('status' in failure && failure.status === 404)) return null;
      throw this.error(failure);
    });
  }

  /** Sends a request that something newer may make useless. Null: it did (409). */
  compete<Answer>(request: Request): Promise<Answer | null> {
    return this.#asked<Answer, null>(request, (failure) => {
      if (failure.code === 'conflict') return null;
      throw this.error(failure);
    });
  }

  /** Creates an index, unless it exists. */
  async create(index: string, body: object): Promise<void> {
    await this.#asked<unknown, null>({ method: 'PUT', path: `/${index}`, body }, (failure) => {
      if ('type' in failure && failure.type === 'resource_already_exists_exception') return null;
      throw this.error(failure);
    });
  }

  error(failure: ClusterFailure): Error {
    if (failure.code === 'index_missing')
      return new IndexReplacedError(
        'An index of the connector has disappeared from the cluster during the run. The next run sends everything again.',
      );
    const trouble = troubleOf(failure);
    if (trouble === null) return unavailableBecause(failure, this.#location.url);
    return new EngineUnavailableError(trouble, this.#location.url, nameOf(failure));
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    this.#client = null;
    await client?.close();
  }

  async #asked<Answer, Otherwise>(
    { method, path, query = {}, body }: Request,
    refused: (failure: ClusterFailure) => Otherwise,
  ): Promise<Answer | Otherwise> {
    const client = await this.#connected();
    try {
      const isBulk = typeof body === 'string';
      const answer = await client.transport.request({
        method,
        path,
        querystring: query,
        ...(body === undefined ? {} : isBulk ? { bulkBody: body } : { body: body as Record<string, unknown> }),
      });
      return answer.body as Answer;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      return refused(failure);
    }
  }

  #connected(): Promise<Client> {
    // The library takes time to load, and other engines do not need it.
    if (this.#client !== null) return this.#client;
    const client = import('./client.ts').then(({ connectCluster }) => connectCluster(this.#location));
    this.#client = client;
    client.catch(() => {
      // A file of a secret may be there the next time.
      if (this.#client === client) this.#client = null;
    });
    return client;
  }
}

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** A string: lines of JSON. */
  readonly body?: object | string;
}

/** A search fails, instead of answering without the shards that do not answer. */
export const WHOLE = { allow_partial_search_results: false } as const;

/** Makes all that is written to an index visible to searches that begin later. */
export async function refreshIndex(cluster: Cluster, index: string): Promise<void> {
  const { _shards } = await cluster.ask<{ _shards: { failed: number } }>({
    method: 'POST',
    path: `/${index}/_refresh`,
    query: { filter_path: '_shards.failed' },
  });
  if (_shards.failed > 0) throw cluster.error({ code: 'unavailable', type: 'shard_not_available', status: 503 });
}

/** Returns why the cluster takes no changes for now. Null: waiting would not help. */
function troubleOf(failure: ClusterFailure): EngineTrouble | null {
  switch (failure.code) {
    case 'unreachable':
    case 'timeout':
    case 'unavailable':
    case 'failed':
      return 'unreachable';
    case 'read_only':
      return 'read_only';
    case 'overloaded':
      return 'overloaded';
    case 'certificate_refused':
    case 'client_certificate_refused':
    case 'tls_failed':
    case 'credentials_lost':
    case 'unauthenticated':
    case 'forbidden':
      return 'refused';
    default:
      return null;
  }
}

function nameOf(failure: ClusterFailure): string {
  if ('nodeCode' in failure && failure.nodeCode !== null) return failure.nodeCode;
  return 'type' in failure && failure.type !== null ? failure.type : failure.code;
}

/** One operation of a bulk request, and its document. */
export interface BulkItem {
  readonly id: string;
  readonly document: object;
  /** Rises with each change of the document. Left out: the document is written in any case. */
  readonly version?: number;
}

export interface BulkResult {
  /** The cluster has a document with an equal or a higher version. */
  readonly newer: readonly string[];
  /** The cluster cannot store the content, and its code for the reason. */
  readonly refused: readonly { readonly id: string; readonly engineCode: string }[];
}

/** The most bytes of a bulk request, unless one document has more. Some clusters take 10 MB at once. */
const BULK_BYTES = 5_000_000;

/** Operations are not sent later than this. By then, another process may have sent newer ones, and removed tombstones. */
const LATEST_MS = 10 * 60_000;

/** Times to wait before the operations that failed are sent again. */
const RETRIES_MS = [200, 500, 1_000, 2_000, 4_000];

/** The failures of single operations that are soon over. */
const PASSING: readonly ClusterFailure['code'][] = ['overloaded', 'unavailable', 'failed'];

interface BulkAnswer {
  readonly items: readonly {
    readonly index: { readonly _id: string; readonly status: number; readonly error?: { readonly type?: string } };
  }[];
}

/**
 * Writes documents through an alias. Sends only those again that failed for a reason that passes. Throws an
 * `EngineUnavailableError` if it does not pass; what was written stays.
 */
export async function writeBulk(cluster: Cluster, alias: string, items: readonly BulkItem[]): Promise<BulkResult> {
  const newer: string[] = [];
  const refused: { id: string; engineCode: string }[] = [];
  const begun = performance.now();
  for (const piece of piecesOf(items)) {
    let left = piece;
    for (let attempt = 0; ; attempt++) {
      const failed: { line: Line; failure: ClusterFailure }[] = [];
      if (performance.now() - begun > LATEST_MS) throw cluster.error({ code: 'timeout' });
      const answer = await cluster.ask<BulkAnswer>({
        method: 'POST',
        path: `/${alias}/_bulk`,
        query: { require_alias: true, filter_path: 'items.*._id,items.*.status,items.*.error.type' },
        body: left.map(({ text }) => text).join(''),
      });
      for (const [at, { index: item }] of answer.items.entries()) {
        const line = left[at];
        if (item.status < 300 || line === undefined) continue;
        const failure = failureOfAnswer({ status: item.status, type: item.error?.type ?? null });
        if (failure.code === 'conflict') newer.push(line.id);
        else if (failure.code === 'refused') refused.push({ id: line.id, engineCode: failure.type ?? 'refused' });
        else failed.push({ line, failure });
      }
      const [first] = failed;
      if (first === undefined) break;
      const wait = RETRIES_MS[attempt];
      const lasting = failed.find(({ failure }) => !PASSING.includes(failure.code));
      if (wait === undefined || lasting !== undefined) throw cluster.error((lasting ?? first).failure);
      left = failed.map(({ line }) => line);
      await delay(wait);
    }
  }
  return { newer, refused };
}

interface Line {
  readonly id: string;
  readonly text: string;
}

function* piecesOf(items: readonly BulkItem[]): Generator<Line[]> {
  let piece: Line[] = [];
  let bytes = 0;
  for (const { id, document, version } of items) {
    const versioned = version === undefined ? {} : { version, version_type: 'external' };
    const text = `${JSON.stringify({ index: { _id: id, ...versioned } })}\n${JSON.stringify(document)}\n`;
    const length = Buffer.byteLength(text);
    if (piece.length > 0 && bytes + length > BULK_BYTES) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push({ id, text });
    bytes += length;
  }
  if (piece.length > 0) yield piece;
}
