import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Org } from '../org/types.ts';
import type { Faults } from './faults/faults.ts';
import type { FaultsAt } from './faults/names.ts';
import { ApiError, type ApiRequest, type Reply, readTarget } from './reply.ts';
import type { ApiUsage } from './usage.ts';

/** Salesforce answers 414 to a longer URI. */
const LONGEST_URI = 16_384;
const LARGEST_BODY = 32 * 1024 * 1024;

const compress = promisify(gzip);

/** A request and its response. */
export interface Exchange {
  readonly org: Org;
  readonly usage: ApiUsage;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Sends a reply with the org's time as Date and the API usage so far, compressed if the client accepts gzip. If `raw`,
 * the body is text and sent unchanged.
 */
export async function send(
  exchange: Exchange,
  reply: Reply,
  headers: Readonly<Record<string, string>> = {},
  raw = false,
): Promise<void> {
  const body = await begin(exchange, reply, headers, raw);
  exchange.response.setHeader('Content-Length', body.length);
  exchange.response.writeHead(reply.status);
  exchange.response.end(exchange.incoming.method === 'HEAD' ? undefined : body);
}

/** Sets the headers except the length, and returns the encoded body. Sends nothing yet. */
async function begin(
  { org, usage, incoming, response }: Exchange,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
  raw: boolean,
): Promise<Buffer> {
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
  return body;
}

/** The number of pieces of a slow reply, and the time between two. */
const PIECES = 10;
const PAUSE_MS = 20;

/** Sends the right answer wrongly. A client may leave a reply that stalls. */
export async function sendFaultily(
  exchange: Exchange,
  faults: Faults,
  fault: Exclude<FaultsAt<'wire'>, 'hang'>,
  reply: Reply,
): Promise<void> {
  const { response } = exchange;
  if (fault === 'truncated-json') {
    const text = JSON.stringify(reply.body);
    return send(exchange, { ...reply, body: text.slice(0, text.length / 2) }, {}, true);
  }
  const body = await begin(exchange, reply, {}, false);
  const half = body.subarray(0, body.length / 2);
  if (fault === 'truncated-gzip') {
    response.setHeader('Content-Length', half.length);
    response.writeHead(reply.status);
    response.end(half);
    return;
  }
  response.setHeader('Content-Length', body.length);
  response.writeHead(reply.status);
  if (fault === 'slow') {
    for (let piece = 0; piece < PIECES; piece += 1) {
      response.write(body.subarray((piece * body.length) / PIECES, ((piece + 1) * body.length) / PIECES));
      await delay(PAUSE_MS);
    }
    response.end();
    return;
  }
  await new Promise<void>((written) => response.write(half, () => written()));
  if (fault === 'reset-midway') {
    exchange.incoming.socket.resetAndDestroy();
    return;
  }
  await faults.hold(goneOf(response));
  response.end(body.subarray(half.length));
}

/** Returns a signal that fires when the client has left. */
export function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** Reads a whole request. Throws 414 and 413. */
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
