import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { ListenAddress } from '../../src/config/monitoring.ts';
import type { JwtSettings, ServeConfig } from '../../src/config/serve.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import type { Person } from '../../src/serve/people.ts';
import { serve } from '../../src/serve/serve.ts';
import { createLog } from '../../src/worker/log/log.ts';
import { config } from '../activities/config.ts';
import { Started } from '../index/contract/setup.ts';

export const CONNECTION = config.connection;

/** An index file that tests fill, in a folder of its own. */
export async function newIndex(): Promise<{ readonly world: Started; readonly folder: string; readonly path: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'));
  const path = join(folder, 'index.db');
  const world = await Started.begin(async () => ({
    store: () => openRunStore({ index: indexAt(path), create: true }),
    reader: () => openIndexReader({ index: indexAt(path), baseUrl: config.baseUrl }),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => rmSync(path),
  }));
  return { world, folder, path };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of any form.
  readonly body: any;
}

export interface TestServer {
  readonly url: string;
  /** The log's lines so far. */
  readonly log: readonly Record<string, unknown>[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  search(question: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  stop(): Promise<void>;
}

/** Serves the index on a free port. */
export async function startServer(
  path: string,
  {
    isOpen = false,
    now = Date.now,
    people = [],
    metrics = null,
    port = 0,
    ...settings
  }: Partial<ServeConfig> & {
    readonly isOpen?: boolean;
    readonly now?: () => number;
    readonly metrics?: ListenAddress | null;
    readonly port?: number;
    readonly people?: readonly Person[];
  } = {},
): Promise<TestServer> {
  const log: Record<string, unknown>[] = [];
  const server = await serve(
    { ...config, index: indexAt(path), serve: { ...config.serve, ...settings } },
    {
      address: { host: '127.0.0.1', port },
      isOpen,
      people,
      now,
      metrics,
      version: '1.2.3',
      log: createLog({
        level: 'info',
        format: 'json',
        base: {},
        redact: (text) => text,
        write: (line) => log.push(JSON.parse(line)),
      }),
    },
  );
  const ask = async (address: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(`${server.url}${address}`, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    url: server.url,
    log,
    get: (address, headers = {}) => ask(address, { headers }),
    search: (question, headers = {}) =>
      ask('/v1/search', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof question === 'string' ? question : JSON.stringify(question),
      }),
    stop: () => server.stop(),
  };
}

export const ISSUER = 'https://login.acme.example';
export const AUDIENCE = 'search';

/** An identity provider on this machine: its settings, and its signatures. */
export interface Provider {
  readonly settings: JwtSettings;
  readonly publicPem: string;
  /** Signs a token that is valid for five minutes, with these claims in place of the usual ones. */
  sign(claims: JWTPayload): Promise<string>;
  stop(): void;
}

export async function startProvider(settings: Pick<JwtSettings, 'claim' | 'as'>): Promise<Provider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const { exportSPKI } = await import('jose');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] });
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(keys);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: {
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUrl: `http://127.0.0.1:${port}/keys`,
      algorithms: ['RS256'],
      ...settings,
    },
    publicPem: await exportSPKI(publicKey),
    sign: (claims) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: now + 300, iat: now, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .sign(privateKey);
    },
    stop: () => server.close(),
  };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
