import { describe, expect, it } from 'vitest';
import { writeBulk } from '../../../src/index/opensearch/bulk.ts';
import { Cluster } from '../../../src/index/opensearch/cluster.ts';
import { EngineUnavailableError, IndexReplacedError } from '../../../src/index/port/errors.ts';
import { locationAt } from './recycled.ts';
import { withServer } from './scripted-server.ts';

type Answer = { readonly status: number; readonly type?: string };

/** Writes three documents to a server that gives each request's operations these answers. */
async function write(answers: readonly (readonly Answer[])[]) {
  const sent: string[][] = [];
  const outcome = await withServer(
    (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const ids = body
          .trimEnd()
          .split('\n')
          .filter((_, line) => line % 2 === 0)
          .map((line) => JSON.parse(line).index._id as string);
        const given = answers[sent.length] ?? [];
        sent.push(ids);
        const items = ids.map((id, at) => {
          const { status = 500, type } = given[at] ?? {};
          return { index: { _id: id, status, ...(type === undefined ? {} : { error: { type } }) } };
        });
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items }));
      });
    },
    async (url) => {
      const cluster = new Cluster(locationAt(url, 'test'));
      try {
        const items = ['a', 'b', 'c'].map((id) => ({ id, document: { id }, version: 7 }));
        return await writeBulk(cluster, 'alias', items).catch((error: unknown) => error);
      } finally {
        await cluster.close();
      }
    },
  );
  return { outcome, sent };
}

const OK = { status: 201 };
const BUSY = { status: 429, type: 'rejected_execution_exception' };
const AWAY = { status: 503, type: 'unavailable_shards_exception' };

describe('a bulk request', () => {
  it('sends those documents again that the cluster had no room for, and no others', async () => {
    const { outcome, sent } = await write([[BUSY, OK, AWAY], [OK, BUSY], [OK]]);
    expect(sent).toEqual([['a', 'b', 'c'], ['a', 'c'], ['c']]);
    expect(outcome).toEqual({ newer: [], refused: [] });
  });

  it('reports documents that the cluster has in a newer version, or cannot store', async () => {
    const { outcome, sent } = await write([
      [
        { status: 409, type: 'version_conflict_engine_exception' },
        { status: 400, type: 'mapper_parsing_exception' },
        OK,
      ],
    ]);
    expect(sent).toHaveLength(1);
    expect(outcome).toEqual({ newer: ['a'], refused: [{ id: 'b', engineCode: 'mapper_parsing_exception' }] });
  });

  it('does not insist if the cluster is read-only: the run waits', async () => {
    const { outcome, sent } = await write([[OK, { status: 403, type: 'cluster_block_exception' }, OK]]);
    expect(sent).toHaveLength(1);
    expect(outcome).toBeInstanceOf(EngineUnavailableError);
    expect(outcome).toMatchObject({ reason: 'read_only', engineCode: 'cluster_block_exception' });
  });

  it('ends the run if the index is gone: the next one sends everything again', async () => {
    const { outcome } = await write([[OK, { status: 404, type: 'index_not_found_exception' }, OK]]);
    expect(outcome).toBeInstanceOf(IndexReplacedError);
  });
});
