import type { Client } from '@opensearch-project/opensearch';
import type { EngineTrouble } from '../../facts/engine.ts';
import type { OpenSearchLocation } from '../location.ts';
import { EngineUnavailableError, IndexReplacedError } from '../port/errors.ts';
import { type ClusterFailure, engineCodeOf, failureOf, unavailableBecause } from './failures.ts';

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
      if (failure.code === 'index_missing' || (failure.code === 'refused' && failure.status === 404)) return null;
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
    return new EngineUnavailableError(trouble, this.#location.url, engineCodeOf(failure));
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
