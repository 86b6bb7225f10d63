import { rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../src/serve/serve.ts';
import { createLog } from '../../src/worker/log/log.ts';
import { config } from '../activities/config.ts';
import { member, record, userId } from '../index/contract/setup.ts';
import { newIndex, startServer } from './setup.ts';

/** What a server allows: requests, searches at once, who may reach it. */

const as = (n: number) => ({ 'act-as': `id:${userId(n)}` });
let folder: string;
let path: string;

beforeAll(async () => {
  const index = await newIndex();
  ({ folder, path } = index);
  await index.world.members(member(1));
  await index.world.write({
    records: Array.from({ length: 500 }, (_, n) => record('Lead', n + 1, { Name: `Solar ${n}` })),
  });
  await index.world.store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a caller who sends too many requests learns when to try again', async () => {
  const server = await startServer(path, { isOpen: true, requestsPerMinute: 3 });
  const replies = [];
  for (let n = 0; n < 5; n++) replies.push(await server.search({}, as(1)));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
  expect(replies.at(-1)?.body).toMatchObject({ code: 'too_many_requests' });
  expect(Number(replies.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
  await server.stop();
});

it('200 searches at once are answered, or refused with 429', async () => {
  const server = await startServer(path, { isOpen: true, searchesAtOnce: 8, requestsPerMinute: 10_000 });
  const replies = await Promise.all(
    Array.from({ length: 200 }, () => server.search({ words: 'solar', limit: 200 }, as(1))),
  );
  const statuses = replies.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  for (const { status, body, headers } of replies)
    if (status === 200) expect(body.hits).toHaveLength(200);
    else expect([body.code, headers.get('retry-after')]).toEqual(['too_many_searches', '1']);
  expect(await server.search({ words: 'solar' }, as(1))).toMatchObject({ status: 200 });
  await server.stop();
});

it('a stopped server answers the searches under way, and takes no new ones', async () => {
  const server = await startServer(path, { isOpen: true });
  const under = Array.from({ length: 20 }, () => server.search({ words: 'solar', limit: 200 }, as(1)));
  // A server that has answered one has taken all.
  await Promise.race(under);
  await server.stop();
  for (const { status } of await Promise.all(under)) expect(status).toBe(200);
  await expect(server.search({}, as(1))).rejects.toThrow('fetch failed');
});

it('a stopped server does not wait for a connection that has sent nothing', async () => {
  const server = await startServer(path, { isOpen: true });
  const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const late = setTimeout(() => socket.destroy(new Error('the server waited')), 8_000);
  await server.stop();
  await closed;
  expect(socket.errored).toBeNull();
  clearTimeout(late);
});

it('a client that sends its request slowly is cut off, and others are answered meanwhile', async () => {
  const server = await startServer(path, { isOpen: true });
  const { port } = new URL(server.url);
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('close', () => resolve(text));
  });
  socket.write('POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  expect(await server.search({}, as(1))).toMatchObject({ status: 200 });
  expect(await ended).toMatch(/^HTTP\/1\.1 408/);
  await server.stop();
});

describe('a server that trusts this machine', () => {
  it.each([
    ['another host', { host: 'evil.example' }],
    ['the origin of another page', { origin: 'https://evil.example' }],
    ['the origin of another server on this machine', { origin: 'http://127.0.0.1:1' }],
    ['no page, but a sandboxed frame', { origin: 'null' }],
  ])('refuses a request with %s', async (_, headers) => {
    const server = await startServer(path, { isOpen: true });
    const { port } = new URL(server.url);
    const { status, body } = await raw(Number(port), { host: `127.0.0.1:${port}`, ...as(1), ...headers });
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'host_refused' });
    await server.stop();
  });

  it('answers its own page', async () => {
    const server = await startServer(path, { isOpen: true });
    const { host, port } = new URL(server.url);
    expect(await raw(Number(port), { host, ...as(1), origin: `http://${host}` })).toMatchObject({ status: 200 });
    await server.stop();
  });

  it.each([
    ['another address', { host: '0.0.0.0', port: 0 }, {}, '--open trusts everybody who can reach 0.0.0.0'],
    ['credentials', { host: '127.0.0.1', port: 0 }, { tokensFile: 'tokens.json' }, 'leave out --open'],
  ])('does not start with %s', async (_, address, settings, message) => {
    await expect(start(address, settings, true)).rejects.toThrow(message);
  });
});

it('a server without credentials does not start', async () => {
  await expect(start({ host: '127.0.0.1', port: 0 }, {}, false)).rejects.toThrow('has no credentials for searches');
});

it('a server with a wrong file of tokens does not start', async () => {
  const file = `${folder}/missing.json`;
  await expect(start({ host: '127.0.0.1', port: 0 }, { tokensFile: file }, false)).rejects.toThrow(
    'cannot be read (ENOENT)',
  );
});

function start(address: { host: string; port: number }, settings: object, isOpen: boolean) {
  const log = createLog({ level: 'info', format: 'json', base: {}, redact: (text) => text, write: () => {} });
  return serve(
    { ...config, serve: { ...config.serve, ...settings } },
    { address, isOpen, people: [], metrics: null, version: '1', log },
  );
}

/** Searches with any headers: `fetch` sets Host and Origin itself. */
async function raw(port: number, headers: Readonly<Record<string, string>>) {
  const { request } = await import('node:http');
  return new Promise<{ status: number; body: { code?: string } }>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/v1/search',
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (data) => {
          text += data;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    asked.on('error', reject).end('{}');
  });
}
