import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { OpenSearchLocation } from '../../../src/index/location.ts';

/** What a cluster answers: a status other than 200, or a body. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
}

/** The method and the path of a request, like `POST /_bulk`. The name of an index of the check is `<index>`. */
export type FakeAnswers = Readonly<Record<string, FakeAnswer>>;

/** What OpenSearch 3.6.0 answers to the calls of a check. */
const GOOD: FakeAnswers = {
  'GET /': { body: { cluster_name: 'test', version: { distribution: 'opensearch', number: '3.6.0' } } },
  'GET /_cluster/health': {
    body: { number_of_data_nodes: 3, active_shards: 12, initializing_shards: 0, unassigned_shards: 0 },
  },
  'GET /_cluster/settings': {
    body: {
      persistent: {},
      transient: {},
      defaults: {
        'cluster.max_shards_per_node': '1000',
        'cluster.routing.allocation.disk.watermark.low': '85%',
        'cluster.routing.allocation.disk.watermark.high': '90%',
        'cluster.routing.allocation.disk.watermark.flood_stage': '95%',
        'indices.query.bool.max_clause_count': '1024',
        'search.max_open_pit_context': '300',
        'search.max_open_scroll_context': '500',
        'search.allow_expensive_queries': 'true',
      },
    },
  },
  'GET /_cat/allocation': { body: [disk('a', 60), disk('b', 40), { node: 'UNASSIGNED', shards: '1' }] },
  'GET /crm-*/_settings/index.blocks.*': { body: {} },
  'PUT /<index>': { body: { acknowledged: true, shards_acknowledged: true } },
  'GET /<index>/_settings': {
    body: {
      '<index>': {
        settings: { 'index.number_of_shards': '1' },
        defaults: { 'index.translog.durability': 'REQUEST', 'index.max_terms_count': '65536' },
      },
    },
  },
  'POST /_bulk': {
    body: {
      errors: true,
      items: [
        { index: { _index: '<index>', status: 201 } },
        { index: { _index: '<index>', status: 409, error: { type: 'version_conflict_engine_exception' } } },
      ],
    },
  },
  'GET /<index>/_refresh': { body: {} },
  'POST /<index>/_search/point_in_time': { body: { pit_id: 'x' } },
  'POST /_search': { body: { hits: { hits: [{ _id: 'a' }] } } },
  'DELETE /_search/point_in_time': { body: {} },
  'POST /<index>/_mget': { body: { docs: [{ _id: 'a', _version: 1, found: true }] } },
  'POST /<index>/_delete_by_query': { body: { deleted: 1 } },
  'DELETE /<index>': { body: { acknowledged: true } },
};

/** A row of the disks of a node, of which this much is used. */
export function disk(node: string, percentUsed: number): object {
  return { node, 'disk.avail': `${(100 - percentUsed) * 1_000_000_000}`, 'disk.total': '100000000000' };
}

/** The answer of a cluster whose security plugin refuses a call. */
export const FORBIDDEN: FakeAnswer = {
  status: 403,
  body: {
    error: { root_cause: [{ type: 'security_exception', reason: 'HUSH' }], type: 'security_exception' },
    status: 403,
  },
};

export interface FakeCluster {
  readonly location: OpenSearchLocation;
  /** The requests in their order. */
  readonly requests: readonly string[];
}

/** Serves a cluster until the test ends. It answers like a good one, except where it is given another answer. */
export async function fakeCluster(
  answers: FakeAnswers = {},
  /** A search that looks up terms. Null: answered like any other. */
  lookUp: FakeAnswer | null = null,
): Promise<FakeCluster> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    const path = (request.url ?? '').replace(/\?.*/, '');
    const [index = ''] = /crm-check-[0-9a-f]+/.exec(path) ?? [];
    const call = `${request.method} ${decodeURIComponent(index === '' ? path : path.replace(index, '<index>'))}`;
    requests.push(call);
    const isLookUp = call === 'POST /_search' && 'terms' in JSON.parse(text).query;
    answer(response, (isLookUp ? lookUp : null) ?? answers[call] ?? GOOD[call] ?? { status: 400, body: {} }, index);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    location: {
      engine: 'opensearch',
      connection: 'crm',
      path: '/nowhere/index.db',
      url: `http://127.0.0.1:${port}`,
      prefix: 'crm',
      shards: 1,
      replicas: 1,
      tls: { caFile: null, certFile: null, keyFile: null },
      auth: { kind: 'none' },
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: string[] = [];
  for await (const part of request.setEncoding('utf8')) parts.push(part);
  return parts.join('');
}

function answer(response: ServerResponse, { status = 200, body }: FakeAnswer, index: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? {}).replaceAll('<index>', index));
}
