import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Org } from '../org/types.ts';
import { ApiError, type ApiRequest, type Reply, readTarget } from './reply.ts';
import type { ApiUsage } from './usage.ts';

/** Salesforce answers a longer URI with 414. */
const LONGEST_URI = 16_384;
const LARGEST_BODY = 32 * 1024 * 1024;

const compress = promisify(gzip);

/** One request with the response that waits for it. */
export interface Exchange {
  readonly org: Org;
  readonly usage: ApiUsage;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Sends a reply with the org's clock as its Date and the API usage so far, compressed where the client takes gzip.
 * `raw`: the body is text and sent as it is.
 */
export async function send(
  { org, usage, incoming, response }: Exchange,
  reply: Reply,
  headers: Readonly<Record<string, string>> = {},
  raw = false,
): Promise<void> {
  if (org.settings.latencyMs > 0) await delay(org.settings.latencyMs);
  response.setHeader('Date', org.now().toUTCString());
  response.setHeader('Sforce-Limit-Info', usage.info());
  const text = reply.body === undefined ? '' : raw ? String(reply.body) : JSON.stringify(reply.body);
  if (text !== '') response.setHeader('Content-Type', 'application/json;charset=UTF-8');
  let body = Buffer.from(text, 'utf8');
  if (body.length > 0 && /\bgzip\b/.test(incoming.headers['accept-encoding'] ?? '')) {
    body = await compress(body, { level: constants.Z_BEST_SPEED });
    response.setHeader('Content-Encoding', 'gzip');
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(reply.status, { 'Content-Length': body.length });
  response.end(incoming.method === 'HEAD' ? undefined : body);
}

/** Reads a request to its end. Throws 414 and 413. */
export async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const target = incoming.url ?? '/';
  if (Buffer.byteLength(target) > LONGEST_URI)
    throw new ApiError(414, 'URI_TOO_LONG', `The length of the URI exceeds the ${LONGEST_URI} byte limit`);
  const { path, params } = readTarget(target);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) throw new ApiError(413, 'REQUEST_TOO_LARGE', 'The request body is too large');
    chunks.push(chunk as Buffer);
  }
  return {
    method: incoming.method === 'HEAD' ? 'GET' : (incoming.method ?? 'GET'),
    path,
    params,
    body: Buffer.concat(chunks).toString('utf8'),
    header: (name) => {
      const value = incoming.headers[name];
      return typeof value === 'string' ? value : null;
    },
  };
}
