import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createConnections } from '../../src/salesforce/http-connections.ts';
import { clientOf, page, refusal, rejection, rowsOf, scriptedOrg, tokenAnswer } from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const ROW = { Id: '001' };
const MINUTE = 60_000;

afterEach(() => vi.restoreAllMocks());

test('uses a new connection after a minute of silence, because a firewall has dropped the old one', async () => {
  const seen = new Set<number | undefined>();
  const org = await scriptedOrg({
    token: ({ remotePort }) => {
      seen.add(remotePort);
      return tokenAnswer(org.url);
    },
    // Anything sent on the old connection after that minute reaches nobody.
    api: ({ remotePort }) => (seen.has(remotePort) ? { by: () => {} } : { json: page([ROW], 1) }),
  });
  const client = clientOf(org, { firstByteMs: 5_000, retryDelaysMs: [] });
  await client.authenticate();
  const real = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => real() + MINUTE);
  expect(await rowsOf(client.query(SOQL))).toEqual([ROW]);
});

test('closes an unused connection', async () => {
  const closed: boolean[] = [];
  const server = createServer((socket) => {
    socket.on('close', () => closed.push(true));
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'));
  });
  const url = await listening(server);
  const { optionsFor } = createConnections({ idleMs: 60, keepAliveMs: 30_000, connectMs: 30_000 });
  const { httpAgent } = optionsFor(url);
  await new Promise<void>((resolve) => {
    httpRequest(url, httpAgent === undefined ? {} : { agent: httpAgent }, (reply) => {
      reply.resume();
      reply.on('end', resolve);
    }).end();
  });
  expect(closed).toEqual([]);
  await vi.waitUntil(() => closed.length === 1, 30_000);
});

test('keeps TCP keep-alive on while the first query of a connection takes its time', async () => {
  const setKeepAlive = vi.spyOn((await import('node:net')).Socket.prototype, 'setKeepAlive');
  let isOn = false;
  const org = await scriptedOrg({
    api: async () => {
      isOn = setKeepAlive.mock.calls.some(([enable, ms]) => enable === true && ms === 30_000);
      return { json: page([ROW], 1) };
    },
    token: () => {
      setKeepAlive.mockClear();
      return { ...tokenAnswer(org.url), headers: { Connection: 'close' } };
    },
  });
  await rowsOf(clientOf(org).query(SOQL));
  expect(isOn).toBe(true);
});

test('gives up a host that accepts no connection long before a query would be given up', async () => {
  // It speaks no TLS, and sends nothing.
  const server = createServer(() => {});
  const url = await listening(server);
  const { optionsFor } = createConnections({ idleMs: MINUTE, keepAliveMs: MINUTE, connectMs: 50 });
  const https = new URL(url.href.replace('http:', 'https:'));
  const { transport, httpsAgent } = optionsFor(https);
  const request = transport.request(https, httpsAgent === undefined ? {} : { agent: httpsAgent as never });
  request.end();
  const [error] = await once(request, 'error');
  expect(error).toMatchObject({ code: 'NOT_CONNECTED' });
});

test('does not apply the connection limit to a request that is answered late', async () => {
  const org = await scriptedOrg({ api: () => refusal(404, 'NOT_FOUND') });
  const { optionsFor } = createConnections({ idleMs: MINUTE, keepAliveMs: MINUTE, connectMs: 100 });
  const url = new URL(org.url);
  const { transport, httpAgent } = optionsFor(url);
  const request = transport.request(url, { agent: httpAgent as never });
  request.on('error', () => {});
  await once(request, 'socket');
  await delay(200);
  request.end();
  const [reply] = await once(request, 'response');
  expect(reply.statusCode).toBe(404);
  reply.resume();
});

test('reports replies without a Date as what they are', async () => {
  const org = await scriptedOrg({
    token: () => ({
      by: (response) => {
        response.sendDate = false;
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(tokenAnswer(org.url).json));
      },
    }),
  });
  const client = clientOf(org);
  expect(() => client.clock.now()).toThrow('authenticate first');
  await client.authenticate();
  expect(await rejection((async () => client.clock.now())())).toMatchObject({
    name: 'TransientError',
    message: expect.stringContaining('no Date header'),
    hint: expect.stringContaining('proxy'),
  });
});

async function listening(server: Server): Promise<URL> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
