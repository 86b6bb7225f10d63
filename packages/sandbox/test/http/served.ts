import { onTestFinished } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { openOrg } from '../../src/org/open.ts';
import { type OrgTables, writeFolder } from '../../src/testing/folder.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Served {
  readonly url: string;
  request(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** Sends a request below /sandbox/. */
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  token(form?: Readonly<Record<string, string>>, headers?: Record<string, string>): Promise<Answer>;
  /** Returns the Authorization header of a new session. */
  login(): Promise<Record<string, string>>;
  query(soql: string, headers?: Record<string, string>): Promise<Answer>;
}

/** Serves a separate org over HTTP for one test, and stops it when the test is finished. */
export async function served(tables: OrgTables, settings: Readonly<Record<string, unknown>> = {}): Promise<Served> {
  const files = writeFolder(tables, settings);
  onTestFinished(() => files.remove());
  const org = await openOrg(files.folder);
  onTestFinished(() => org.close());
  const server = await startServer({ org, port: 0 });
  onTestFinished(() => server.close());

  const request: Served['request'] = async (method, path, { body, headers = {} } = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await fetch(server.url + path, { method, headers, ...(text === undefined ? {} : { body: text }) });
    return { status: reply.status, headers: reply.headers, body: readable(await reply.text()) };
  };
  const token: Served['token'] = (form = CLIENT, headers = {}) =>
    request('POST', '/services/oauth2/token', {
      body: new URLSearchParams(form).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    });
  const login = async (): Promise<Record<string, string>> => ({
    Authorization: `Bearer ${String(pick((await token()).body, 'access_token'))}`,
  });
  return {
    url: server.url,
    request,
    control: (method, path, body) => request(method, `/sandbox/${path}`, { body }),
    token,
    login,
    query: async (soql, headers) =>
      request('GET', `/services/data/v67.0/query?q=${encodeURIComponent(soql)}`, {
        headers: headers ?? (await login()),
      }),
  };
}

export const CLIENT = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox' } as const;

/** Returns a value inside a JSON body, by its path of keys. */
export function pick(body: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

/** Returns one field of each record in a query's reply. */
export function column(body: unknown, field: string): unknown[] {
  const records = pick(body, 'records');
  return Array.isArray(records) ? records.map((record) => pick(record, field)) : [];
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
