import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectCluster } from '../../src/index/opensearch/client.ts';
import { type OpenSearchProcess, startOpenSearch } from './process.ts';
import { NO_OPENSEARCH, noOwnOpenSearch, openSearchUrl } from './server.ts';

describe.skipIf(NO_OPENSEARCH !== null)('the OpenSearch that tests share', () => {
  it('is one', async () => {
    const [url, again] = await Promise.all([openSearchUrl(), openSearchUrl()]);
    expect(again).toBe(url);
    const answer = await fetch(url ?? '');
    expect(await answer.json()).toMatchObject({ version: { distribution: 'opensearch' } });
  });
});

describe.skipIf(noOwnOpenSearch() !== null)('an OpenSearch of a test', () => {
  it('keeps its data when it is killed, and has the settings of the test', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-opensearch-'));
    const inside = async (body: (server: OpenSearchProcess) => Promise<void>) => {
      const server = await startOpenSearch({ folder, settings: ['http.max_content_length=1mb'] });
      try {
        await body(server);
      } finally {
        process.kill(server.process.pid, 'SIGKILL');
        await server.process.exited;
      }
    };
    try {
      await inside(async ({ location }) => {
        const client = await connectCluster(location);
        await client.index({ index: 'kept', id: '1', body: { words: 'acme' }, refresh: true });
        await client.close();
      });
      await inside(async ({ location }) => {
        const client = await connectCluster(location);
        const { body } = await client.get({ index: 'kept', id: '1' });
        expect(body._source).toEqual({ words: 'acme' });
        await expect(client.index({ index: 'kept', body: { words: 'a'.repeat(2 ** 21) } })).rejects.toMatchObject({
          meta: { statusCode: 413 },
        });
        await client.close();
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
