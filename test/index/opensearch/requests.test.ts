import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Cluster, refreshIndex } from '../../../src/index/opensearch/cluster.ts';
import { OpenSearchEngine } from '../../../src/index/opensearch/engine.ts';
import { EngineUnavailableError, IndexUnavailableError } from '../../../src/index/port/errors.ts';
import { FENCE, given, START } from '../engine-contract/setup.ts';
import { locationAt } from './recycled.ts';
import { withServer } from './scripted-server.ts';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string | object;
}

/** Runs the body with a server that answers each request as `answers` says. */
function withCluster<T>(answers: (request: IncomingMessage) => Answer, body: (url: string) => Promise<T>): Promise<T> {
  return withServer((request, response) => {
    const { status = 200, type = 'application/json', body: answered } = answers(request);
    request.resume();
    response.writeHead(status, { 'content-type': type });
    response.end(typeof answered === 'string' ? answered : JSON.stringify(answered));
  }, body);
}

const CONTENT = {
  name: '0123456789abcdef',
  store: FENCE.storeId,
  isForeign: false,
  marks: 'a , b ',
  acknowledged: 0,
  refreshed: 0,
  cursorKey: Buffer.alloc(32).toString('base64'),
  settings: 'settings-1',
  oldSettings: null,
  membership: null,
  retired: [],
};
const CONTROL = {
  _source: { value: { connection: 'test', store: FENCE.storeId, run: 1, claims: 1, content: CONTENT } },
  _seq_no: 1,
  _primary_term: 1,
};

describe('a request to a cluster', () => {
  it('takes the page of a proxy for no answer that something is missing', async () => {
    const requests: string[] = [];
    await withCluster(
      ({ method, url = '' }) => {
        requests.push(`${method}`);
        if (url.startsWith('/crm-control/')) return { body: CONTROL };
        return { status: 404, type: 'text/html', body: '<h1>Not found</h1>' };
      },
      async (url) => {
        const engine = new OpenSearchEngine(locationAt(url, 'crm'));
        await expect(engine.claim(FENCE, given(0))).rejects.toThrow('does not answer like OpenSearch');
        await engine.close();
      },
    );
    expect(requests).toEqual(['GET', 'GET']);
  });

  it('fails if a refresh did not reach every shard', async () => {
    await withCluster(
      () => ({ body: { _shards: { failed: 1 } } }),
      async (url) => {
        const cluster = new Cluster(locationAt(url, 'crm'));
        await expect(refreshIndex(cluster, 'crm-documents')).rejects.toThrow(EngineUnavailableError);
        await cluster.close();
      },
    );
  });

  it('of a search asks for whole answers only, and tries again for the next search', async () => {
    const asked: string[] = [];
    await withCluster(
      ({ url = '' }) => {
        if (url.startsWith('/crm-control/_doc/control')) return { body: CONTROL };
        if (url.startsWith('/crm-control/'))
          return { body: { _source: { value: { settings: { organizationId: null }, numbers: {} } } } };
        asked.push(url);
        return { status: 400, body: { error: { type: 'illegal_argument_exception' } } };
      },
      async (url) => {
        const engine = new OpenSearchEngine(locationAt(url, 'crm'));
        for (let n = 0; n < 2; n++)
          await expect(engine.reading(START, async () => {})).rejects.toThrow(IndexUnavailableError);
        await engine.close();
      },
    );
    expect(asked).toEqual(
      Array(2).fill(expect.stringMatching(/\/_search\/point_in_time\?.*allow_partial_pit_creation=false/)),
    );
  });
});
