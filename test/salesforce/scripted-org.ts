import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createSalesforce, type Salesforce, type SalesforceOptions } from '../../src/salesforce/client.ts';

export const ORGANIZATION_ID = '00D000000000001EAA';
export const USER_ID = '005000000000001AAA';

export interface Seen {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Distinguishes connections. */
  readonly remotePort: number | undefined;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  /** Takes over the reply. */
  readonly by?: (response: ServerResponse) => void;
}

export interface ScriptedOrg {
  readonly url: string;
  /** Requests to the API, and requests for a token. */
  readonly seen: Seen[];
  readonly tokenRequests: Seen[];
}

export interface Script {
  /** Default: a good token, numbered. */
  readonly token?: (seen: Seen, index: number) => Answer | Promise<Answer>;
  readonly api?: (seen: Seen, index: number) => Answer | Promise<Answer>;
}

export function tokenAnswer(url: string, value = 'SECRET-TOKEN'): Answer {
  return {
    json: {
      access_token: value,
      signature: 'sig',
      token_format: 'opaque',
      scope: 'api',
      instance_url: url,
      id: `https://login.salesforce.com/id/${ORGANIZATION_ID}/${USER_ID}`,
      token_type: 'Bearer',
      issued_at: '1790000000000',
    },
  };
}

export function refusal(status: number, errorCode: string, message = errorCode): Answer {
  return { status, json: [{ message, errorCode }] };
}

export function page(records: readonly object[], totalSize: number, nextRecordsUrl?: string): object {
  const rows = records.map((record) => ({ attributes: { type: 'Account', url: '/x' }, ...record }));
  return { totalSize, done: nextRecordsUrl === undefined, ...(nextRecordsUrl && { nextRecordsUrl }), records: rows };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, answer: Answer): void {
  if (answer.by !== undefined) {
    answer.by(response);
    return;
  }
  const text = answer.text ?? JSON.stringify(answer.json);
  const type = answer.json === undefined ? 'text/html' : 'application/json;charset=UTF-8';
  response.writeHead(answer.status ?? 200, { 'Content-Type': type, ...answer.headers });
  response.end(text);
}

/** An HTTP server that answers what the test wants an org to answer, until the test ends. */
export async function scriptedOrg(script: Script): Promise<ScriptedOrg> {
  const seen: Seen[] = [];
  const tokenRequests: Seen[] = [];
  const failures: unknown[] = [];
  let url = '';
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const target = new URL(request.url ?? '/', 'http://127.0.0.1');
      const one: Seen = {
        method: request.method ?? '',
        path: target.pathname,
        query: target.searchParams,
        headers: request.headers,
        body: await bodyOf(request),
        remotePort: request.socket.remotePort,
      };
      if (one.path === '/services/oauth2/token') {
        tokenRequests.push(one);
        const number = tokenRequests.length - 1;
        write(response, (await script.token?.(one, number)) ?? tokenAnswer(url, `SECRET-TOKEN-${number + 1}`));
        return;
      }
      seen.push(one);
      write(response, (await script.api?.(one, seen.length - 1)) ?? refusal(404, 'NOT_FOUND'));
    };
    answer().catch((error: unknown) => {
      failures.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (failures.length > 0) throw failures[0];
  });
  return { url, seen, tokenRequests };
}

export const CREDENTIALS = { clientId: 'the-key', clientSecret: 'SECRET-OF-THE-APP' };

/** A client of the scripted org that retries without waiting. */
export function clientOf(org: { readonly url: string }, options: Partial<SalesforceOptions> = {}): Salesforce {
  return createSalesforce({
    baseUrl: org.url,
    credentials: async () => CREDENTIALS,
    sleep: async () => {},
    ...options,
  });
}

/** The reason of a rejected promise. Fails if the promise resolves. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => {
      throw new Error(`The promise must be rejected, but resolved with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

export async function pagesOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

export async function rowsOf(pages: AsyncIterable<{ readonly records: readonly unknown[] }>): Promise<unknown[]> {
  return (await pagesOf(pages)).flatMap(({ records }) => records);
}
