import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { networkError } from '../../src/salesforce/network-errors.ts';
import { clientOf, ORGANIZATION_ID, refusal, rejection, scriptedOrg, tokenAnswer } from './scripted-org.ts';

/** No test reaches this host: the proxy connects to the test's server for every host. */
const ORG = 'https://acme.my.salesforce.com';
const PASSWORD = 'PROXY-PASSWORD';

let certificate: { readonly private: string; readonly cert: string };
beforeAll(async () => {
  certificate = await generate([{ name: 'commonName', value: 'acme.my.salesforce.com' }]);
});

beforeEach(() => {
  for (const name of ['https_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
  // The certificate is the test's own.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterEach(() => vi.unstubAllEnvs());

/** An org that speaks TLS, and issues tokens. */
async function tlsOrg(): Promise<{ readonly port: number; readonly authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const server = createHttps({ key: certificate.private, cert: certificate.cert }, (request, response) => {
    authorizations.push(request.headers['proxy-authorization']);
    request.resume();
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(tokenAnswer(ORG).json));
  });
  return { port: await listening(server), authorizations };
}

type Connects = (request: IncomingMessage, socket: Socket) => void;

/** A proxy with a configured answer to CONNECT. */
async function proxy(connects: Connects): Promise<{ readonly port: number; readonly asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createHttp((_request, response) => {
    response.statusCode = 500;
    response.end('nothing is asked of the proxy itself');
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(request);
    socket.on('error', () => {});
    connects(request, socket);
  });
  return { port: await listening(server), asked };
}

async function listening(server: ReturnType<typeof createHttp> | ReturnType<typeof createHttps>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function tunnelTo(port: number): Connects {
  return (_request, socket) => {
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
  };
}

const answers =
  (text: string): Connects =>
  (_request, socket) =>
    void socket.end(text);

const REFUSED = 'HTTP/1.1 403 Forbidden\r\nDate: Thu, 01 Jan 2099 00:00:00 GMT\r\nContent-Length: 3\r\n\r\nno!';

describe('through HTTPS_PROXY', () => {
  test('reaches an org with CONNECT, and reuses its connection', async () => {
    const org = await tlsOrg();
    const { port, asked } = await proxy(tunnelTo(org.port));
    vi.stubEnv('HTTPS_PROXY', `http://user:${PASSWORD}@127.0.0.1:${port}`);
    const client = clientOf({ url: ORG });
    expect((await client.authenticate()).organizationId).toBe(ORGANIZATION_ID);
    await client.authenticate();
    expect(asked.map(({ url }) => url)).toEqual(['acme.my.salesforce.com:443']);
    const login = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`;
    expect(asked[0]?.headers['proxy-authorization']).toBe(login);
    expect(org.authorizations).toEqual([undefined, undefined]);
  });

  const wantsLogin =
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n';
  test.each([
    [
      'wants a login',
      wantsLogin,
      /^the proxy 127\.0\.0\.1:\d+ requires a login before it connects to acme\.my\..* \(HTTP 407\)$/,
    ],
    ['refuses', REFUSED, /^the proxy 127\.0\.0\.1:\d+ refuses to connect to acme\.my\.salesforce\.com \(HTTP 403\)$/],
    ['fails', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', /refuses to connect to acme\.my\.salesforce\.com \(HTTP 502\)$/],
    ['hangs up', '', /^cannot reach acme\.my\.salesforce\.com through the proxy 127\.0\.0\.1:\d+ \(/],
  ])('names a proxy that %s, and asks it again', async (_name, text, message) => {
    const { port, asked } = await proxy(answers(text));
    vi.stubEnv('HTTPS_PROXY', `http://user:${PASSWORD}@127.0.0.1:${port}`);
    const client = clientOf({ url: ORG });
    const error = await rejection(client.authenticate());
    expect(error).toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('HTTPS_PROXY'),
      reached: false,
    });
    expect(JSON.stringify(error) + String(error)).not.toContain(PASSWORD);
    expect(asked).toHaveLength(3);
    expect(client.clock.lastDate).toBeNull();
  });

  test('continues after a proxy refuses for a moment', async () => {
    const org = await tlsOrg();
    let refusals = 1;
    const { port } = await proxy((request, socket) => {
      if (refusals > 0) socket.end(REFUSED);
      else tunnelTo(org.port)(request, socket);
      refusals -= 1;
    });
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`);
    expect((await clientOf({ url: ORG }).authenticate()).organizationId).toBe(ORGANIZATION_ID);
  });

  test('names a proxy that does not run', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
    expect(await rejection(clientOf({ url: ORG }).authenticate())).toMatchObject({
      message: 'cannot reach acme.my.salesforce.com through the proxy 127.0.0.1:1 (ECONNREFUSED)',
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  test.each(['socks5://127.0.0.1:1', 'http://'])('rejects %s as a proxy', async (address) => {
    vi.stubEnv('HTTPS_PROXY', address);
    expect(await rejection(clientOf({ url: ORG }).authenticate())).toMatchObject({
      name: 'ConfigurationError',
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  test('does not reach a sandbox org on this machine', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
    const org = await scriptedOrg({});
    expect((await clientOf(org).authenticate()).organizationId).toBe(ORGANIZATION_ID);
  });
});

describe('a proxy that opens TLS and answers 407 itself', () => {
  const login = { status: 407, text: '<html>Log in</html>' };
  test('is named if a token is requested', async () => {
    const org = await scriptedOrg({ token: () => login });
    expect(await rejection(clientOf(org).authenticate())).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('a proxy between this machine and'),
    });
    expect(org.tokenRequests).toHaveLength(3);
  });

  test('is named if anything else is requested', async () => {
    const org = await scriptedOrg({ api: (_seen, index) => (index < 2 ? login : refusal(404, 'NOT_FOUND')) });
    expect(await rejection(clientOf(org, { retryDelaysMs: [] }).versions())).toMatchObject({
      name: 'TransientError',
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });
});

test("an error of the org itself is not taken for the proxy's", () => {
  expect(networkError('acme', Object.assign(new Error('x'), { code: 'ECONNRESET' })).hint).not.toContain('HTTPS_PROXY');
});
