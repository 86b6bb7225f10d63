import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/process/ports.ts';
import { checkServer, temporalSettings } from '../../src/temporal/connect.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { CERTIFICATE, CERTIFICATE_KEY, OTHER_CERTIFICATE } from './certificates.ts';
import { run, type Started, start } from './command-line.ts';

/** What keeps a worker or a command from Temporal. Both print the same line, and end within seconds. */

let temporal: DevServer;
let folder: string;
const at: Record<string, string> = {};
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  temporal = await testTemporal();
  folder = mkdtempSync(join(tmpdir(), 'temporal-problems-'));
  writeFileSync(
    join(folder, 'c.yaml'),
    'base_url: https://acme.my.salesforce.com\nclient_id: id\nclient_secret: HUSH\n',
  );
  writeFileSync(join(folder, 'ca.pem'), CERTIFICATE);
  writeFileSync(join(folder, 'other.pem'), OTHER_CERTIFICATE);
  at.temporal = temporal.address;
  at.nobody = `127.0.0.1:${await freePort()}`;
  at.web = await listening(createHttp((_, response) => response.end('<html>')));
  at.silent = await listening(createTcp(() => {}));
  at.tls = await listening(createTls({ key: CERTIFICATE_KEY, cert: CERTIFICATE, ALPNProtocols: ['h2'] }, toTemporal));
  at.denying = await listening(answering(7, 'Request unauthorized.'));
  at.unauthenticated = await listening(answering(16, 'invalid api key'));
  at.emptied = await listening(answering(5, 'Namespace default is not found.'));
  at.stranger = await listening(answering(12, 'unknown service'));
});
afterAll(async () => {
  for (const each of open) each.close();
  await temporal?.stop();
});

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

function toTemporal(socket: Socket): void {
  joined(socket, temporal.address);
}

function joined(socket: Socket, address: string): void {
  const [host, port] = address.split(':');
  const other = connect(Number(port), host);
  socket.pipe(other).pipe(socket);
  socket.on('error', () => other.destroy());
  other.on('error', () => socket.destroy());
}

/** A gRPC server that answers every call with the same status. */
function answering(status: number, message: string): Server {
  const server = createHttp2();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume();
    const headers = { ':status': 200, 'content-type': 'application/grpc' };
    stream.respond({ ...headers, 'grpc-status': `${status}`, 'grpc-message': message }, { endStream: true });
  });
  return server;
}

const KEY = { TEMPORAL_API_KEY: 'HUSHKEY', TEMPORAL_TLS: 'false' };
const TLS = { TEMPORAL_TLS: 'true' };

/** `<name>` represents an address. */
const cases: [what: string, env: Record<string, string>, line: string][] = [
  [
    'a missing namespace',
    { TEMPORAL_ADDRESS: '<temporal>', TEMPORAL_NAMESPACE: 'not there' },
    "The Temporal server at <temporal> has no namespace 'not there': create it, or set TEMPORAL_NAMESPACE to another.",
  ],
  [
    'https:// in the address',
    { TEMPORAL_ADDRESS: 'https://u:HUSH@<temporal>' },
    'TEMPORAL_ADDRESS begins with https://: write only <temporal>. TEMPORAL_TLS=true turns TLS on.',
  ],
  [
    'an invalid address',
    { TEMPORAL_ADDRESS: 'HUSH HUSH' },
    'TEMPORAL_ADDRESS is not an address: write only the host and port, like localhost:7233.',
  ],
  [
    'an invalid port',
    { TEMPORAL_ADDRESS: '127.0.0.1:99999' },
    'TEMPORAL_ADDRESS is not an address: write only the host and port, like localhost:7233.',
  ],
  [
    'nobody at the address',
    { TEMPORAL_ADDRESS: '<nobody>' },
    'No Temporal server answers at <nobody> (connection refused): start one there, or set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'an unknown host name',
    { TEMPORAL_ADDRESS: 'temporal.invalid:7233' },
    'No Temporal server answers at temporal.invalid:7233 (unknown host name): start one there, or set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'a silent server',
    { TEMPORAL_ADDRESS: '<silent>' },
    'No Temporal server answers at <silent> (no answer in time): start one there, or set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'an HTTP server',
    { TEMPORAL_ADDRESS: '<web>' },
    'The server at <web> is not a Temporal server: set TEMPORAL_ADDRESS to the gRPC port (usually 7233; the Web UI has another one).',
  ],
  [
    'another gRPC server',
    { TEMPORAL_ADDRESS: '<stranger>' },
    'The server at <stranger> is not a Temporal server: set TEMPORAL_ADDRESS to the gRPC port (usually 7233; the Web UI has another one).',
  ],
  [
    'a server with TLS, and a client without',
    { TEMPORAL_ADDRESS: '<tls>' },
    'The server at <tls> does not speak gRPC without TLS: if Temporal is there, set TEMPORAL_TLS=true; otherwise set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'a client with TLS, and a server without',
    { TEMPORAL_ADDRESS: '<temporal>', ...TLS },
    'The server at <temporal> does not speak TLS, but the TEMPORAL_TLS… settings or TEMPORAL_API_KEY turn it on: remove them (TEMPORAL_TLS=false), or set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'a certificate that nobody trusts',
    { TEMPORAL_ADDRESS: '<tls>', ...TLS },
    'The certificate of the Temporal server at <tls> is not trusted: set TEMPORAL_TLS_SERVER_CA_CERT_PATH to its CA, or set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'another CA',
    { TEMPORAL_ADDRESS: '<tls>', TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'other.pem' },
    'The certificate of the Temporal server at <tls> is not trusted: set TEMPORAL_TLS_SERVER_CA_CERT_PATH to its CA, or set TEMPORAL_ADDRESS to another server.',
  ],
  [
    'a certificate for another name',
    {
      TEMPORAL_ADDRESS: '<tls>',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'ca.pem',
      TEMPORAL_TLS_SERVER_NAME: 'elsewhere.example',
    },
    "The certificate of the Temporal server at <tls> is for another host name: correct TEMPORAL_ADDRESS, or set TEMPORAL_TLS_SERVER_NAME to the certificate's name.",
  ],
  [
    'a key that is not PEM',
    { TEMPORAL_ADDRESS: '<tls>', TEMPORAL_TLS_CLIENT_CERT_PATH: 'ca.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: 'c.yaml' },
    'The TLS certificate or key for Temporal cannot be used: TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH must name a matching pair of PEM files.',
  ],
  [
    'a key without the right',
    { TEMPORAL_ADDRESS: '<denying>', ...KEY },
    "The Temporal server at <denying> refuses access to the namespace 'default': correct TEMPORAL_API_KEY or the client certificate, its permissions, or TEMPORAL_NAMESPACE.",
  ],
  [
    'a wrong key',
    { TEMPORAL_ADDRESS: '<unauthenticated>', ...KEY },
    "The Temporal server at <unauthenticated> refuses access to the namespace 'default': correct TEMPORAL_API_KEY or the client certificate, its permissions, or TEMPORAL_NAMESPACE.",
  ],
  [
    'a key with a line break',
    { TEMPORAL_ADDRESS: '<temporal>', TEMPORAL_API_KEY: 'HUSH\nKEY', TEMPORAL_TLS: 'false' },
    'TEMPORAL_API_KEY, or a TEMPORAL_GRPC_META_… value, contains a line break or another character that cannot be sent: set only the value.',
  ],
  [
    'a missing TEMPORAL_CONFIG_FILE',
    { TEMPORAL_CONFIG_FILE: 'not-there.toml' },
    'TEMPORAL_CONFIG_FILE names not-there.toml, which cannot be read (ENOENT): correct it, or remove it from the environment.',
  ],
];

const placed = (text: string) => text.replaceAll(/<(\w+)>/g, (_, name: string) => at[name] ?? name);
const placedIn = (env: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, name.endsWith('_PATH') ? join(folder, value) : placed(value)]),
  );

it.concurrent.each(cases)('%s', async (_, env, line) => {
  const settings = placedIn(env);
  await expect((async () => checkServer(temporalSettings(join(folder, 'c.yaml'), settings)))()).rejects.toThrow(
    expect.objectContaining({ message: placed(line) }),
  );
});

/** The commands print what the table says, and end. */
const met = new Set(['a missing namespace', 'https:// in the address', 'a wrong key', 'another CA']);

describe.each(cases.filter(([what]) => met.has(what)))('%s', (_, env, line) => {
  it.concurrent.each(['worker', 'pause'])('%s', async (command) => {
    expect(await run([command, '--config', 'c.yaml'], folder, placedIn(env))).toEqual({
      code: 1,
      stdout: '',
      stderr: `${placed(line)}\n`,
    });
  });
});

function worker(address: string): Started {
  const started = start(['worker', '--config', 'c.yaml'], folder, { TEMPORAL_ADDRESS: address });
  open.push({ close: () => started.process.kill('SIGKILL') });
  return started;
}

it.each(['SIGTERM', 'SIGINT'] as const)('one %s ends a worker that is still connecting', async (signal) => {
  let isAsked = false;
  const address = await listening(
    createTcp(() => {
      isAsked = true;
    }),
  );
  const started = worker(address);
  await waitUntil(async () => isAsked);
  started.process.kill(signal);
  const { code, stderr } = await started.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/ INFO the worker stopped before it was ready · connection=acme\n$/);
});

it.each([
  ['its key is revoked', 'denying', "refuses access to the namespace 'default': correct TEMPORAL_API_KEY"],
  ['its namespace is deleted', 'emptied', "has no namespace 'default': create it"],
  ['its server goes away for a moment, and comes back', 'temporal', null],
])('a running worker: %s', async (_, to, line) => {
  let target = temporal.address;
  const sockets = new Set<Socket>();
  const address = await listening(
    createTcp((socket) => {
      sockets.add(socket);
      joined(socket, target);
    }),
  );
  const started = worker(address);
  await waitUntil(async () => started.output().includes('the worker is running'));
  target = at[to] ?? '';
  for (const socket of sockets) socket.destroy();
  if (line !== null) {
    const { code, stderr } = await started.ended;
    expect({ code, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({
      code: 1,
      last: expect.stringContaining(`The Temporal server at ${address} ${line}`),
    });
    return;
  }
  const before = sockets.size;
  await waitUntil(async () => sockets.size > before);
  started.process.kill('SIGTERM');
  expect((await started.ended).code).toBe(0);
});
