import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { failureOf, failureOfAnswer, typeIn, unavailableBecause } from '../../../src/index/opensearch/failures.ts';
import { failureIn, type Listener, locationOf, withClient, withServer } from './scripted-server.ts';

/** A value of a record, as OpenSearch quotes it in its reasons. */
const SECRET = 'jane.doe@example.com';

const answers =
  (status: number, type: string | null, causes: string[] = []): Listener =>
  (request, response) => {
    request.resume();
    const error = { type, reason: `failed: '${SECRET}'`, root_cause: causes.map((type) => ({ type, reason: SECRET })) };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status, error }));
  };

const search = (listener: Listener) =>
  withServer(listener, (url) =>
    withClient(locationOf(url), (client) => failureIn(() => client.search({ index: 'accounts', body: {} }))),
  );

const ANSWERS: [status: number, type: string | null, code: string][] = [
  [401, null, 'unauthenticated'],
  [403, 'security_exception', 'forbidden'],
  [403, 'cluster_block_exception', 'read_only'],
  [403, 'index_create_block_exception', 'read_only'],
  [429, 'cluster_block_exception', 'read_only'],
  [503, 'cluster_block_exception', 'unavailable'],
  [404, 'index_not_found_exception', 'index_missing'],
  [404, 'search_context_missing_exception', 'refused'],
  [400, 'mapper_parsing_exception', 'refused'],
  [409, 'version_conflict_engine_exception', 'conflict'],
  [413, null, 'too_large'],
  [429, 'rejected_execution_exception', 'overloaded'],
  [429, 'circuit_breaking_exception', 'overloaded'],
  [500, 'null_pointer_exception', 'failed'],
  [502, null, 'unavailable'],
  [503, 'search_phase_execution_exception', 'unavailable'],
  [504, null, 'unavailable'],
];

describe('an answer with an error', () => {
  it.each(ANSWERS)('%i %s is %s', async (status, type, code) => {
    const failure = await search(answers(status, type));
    expect(failure).toMatchObject({ code, ...('type' in failure ? { type } : {}) });
    const error = unavailableBecause(failure, 'https://search.example:9200');
    expect(error).toMatchObject({ isDamaged: false, engineCode: type ?? code });
    expect(error.message).toContain('https://search.example:9200');
    expect(JSON.stringify(error) + error.message).not.toContain(SECRET);
  });

  it('has the type of the cause, if the search failed on its shards', async () => {
    const failure = await search(answers(400, 'search_phase_execution_exception', ['too_many_nested_clauses']));
    expect(failure).toEqual({ code: 'refused', status: 400, type: 'too_many_nested_clauses' });
  });

  it('has no type that could be a sentence', async () => {
    expect(await search(answers(400, `cannot parse '${SECRET}'`))).toMatchObject({ code: 'refused', type: null });
  });

  it.each([
    ['text', 'text/plain', 'Unauthorized', 401, 'unauthenticated'],
    ["a proxy's page", 'text/html', '<html>Bad Gateway</html>', 502, 'unavailable'],
    ['broken JSON', 'application/json', '{"took":', 200, 'not_opensearch'],
  ])('may be %s', async (_, type, text, status, code) => {
    const failure = await search((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': type }).end(text);
    });
    expect(failure).toMatchObject({ code });
  });

  it('is read in an item of a bulk answer', () => {
    const item = { _id: '1', status: 429, error: { type: 'rejected_execution_exception', reason: SECRET } };
    expect(failureOfAnswer({ status: item.status, type: typeIn(item) })).toEqual({
      code: 'overloaded',
      type: 'rejected_execution_exception',
    });
  });
});

describe('no answer', () => {
  it('because nothing listens', async () => {
    const url = await withServer(answers(200, null), async (url) => url);
    const failure = await withClient(locationOf(url), (client) => failureIn(() => client.info()));
    expect(failure).toEqual({ code: 'unreachable', nodeCode: 'ECONNREFUSED' });
    expect(unavailableBecause(failure, url)).toMatchObject({ engineCode: 'ECONNREFUSED' });
  });

  it('because the host is unknown', async () => {
    const failure = await withClient(locationOf('http://search.invalid:9200'), (client) =>
      failureIn(() => client.info()),
    );
    expect(failure).toMatchObject({
      code: 'unreachable',
      nodeCode: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  it('because the connection ends', async () => {
    const failure = await search((request) => request.socket.destroy());
    expect(failure).toEqual({ code: 'unreachable', nodeCode: 'ECONNRESET' });
  });

  it('because it ends in the middle of an answer', async () => {
    const failure = await search((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{', () => response.destroy());
    });
    expect(failure).toMatchObject({ code: 'unreachable' });
  });

  it.each([
    ['at all', false],
    ['to its end', true],
  ])('in time %s', async (_, begins) => {
    const printed = vi.spyOn(console, 'log');
    const failure = await withServer(
      (_request, response) => {
        if (begins) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      },
      (url) => withClient(locationOf(url), (client) => failureIn(() => client.info({}, { requestTimeout: 200 }))),
    );
    expect(failure.code).toBe(begins ? 'unreachable' : 'timeout');
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  it('over TLS, because the server speaks HTTP', async () => {
    const failure = await withServer(answers(200, null), (url) =>
      withClient(locationOf(url.replace('http:', 'https:')), (client) => failureIn(() => client.info())),
    );
    expect(failure).toMatchObject({ code: 'tls_failed' });
  });
});

describe('an error that is not of a request', () => {
  it('is no failure', () => {
    expect(failureOf(new TypeError('x is not a function'))).toBeNull();
    expect(failureOf(undefined)).toBeNull();
  });
});

describe('one failed request', () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
  afterAll(() => new Promise((closed) => server.close(closed)));

  it('is not repeated by the library', async () => {
    const { port } = server.address() as { port: number };
    await withClient(locationOf(`http://127.0.0.1:${port}`), (client) => failureIn(() => client.info()));
    expect(connections).toBe(1);
  });
});
