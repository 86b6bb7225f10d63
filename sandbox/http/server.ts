import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { openAccess } from '../access/access.ts';
import { sightOf } from '../access/sight.ts';
import { runAsUser } from '../access/user-record-access.ts';
import type { Org } from '../org/types.ts';
import { type Api, answerApi } from './api.ts';
import { callsOf, subrequestsOf } from './composite.ts';
import { answerControl, type Controls } from './control.ts';
import { type FaultReply, Faults, faultList } from './faults.ts';
import { Locators } from './locators.ts';
import { soqlOf } from './query.ts';
import { ApiError, type ApiRequest, errorReply, notFound, type Reply, readTarget } from './reply.ts';
import { type LogEntry, RequestLog } from './request-log.ts';
import { Sessions } from './sessions.ts';
import { answerToken, type TokenResource } from './token.ts';
import { ApiUsage } from './usage.ts';

/** Salesforce: a longer URI is answered 414, longer URI and headers together 431. */
const LONGEST_URI = 16_384;
const LONGEST_HEAD = 32_768;
const LARGEST_BODY = 32 * 1024 * 1024;

const compress = promisify(gzip);

export interface SandboxServer {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** Cuts open connections and frees the port; the org stays open. */
  close(): Promise<void>;
}

/**
 * Serves an org over HTTP. `port` 0 takes a free one; `log` names a file for the request log. Rejects with the system's
 * error where the port cannot be had.
 */
export async function startServer(options: {
  readonly org: Org;
  readonly port: number;
  readonly host?: string;
  readonly log?: string | null;
}): Promise<SandboxServer> {
  const { org, port, host = '127.0.0.1', log = null } = options;
  const now = (): Date => org.now();
  const access = openAccess(org);
  const sight = sightOf(org, access, org.settings.runAs);
  const sessions = new Sessions(org.settings.sessionSeconds, now);
  const usage = new ApiUsage(org.settings.dailyApiRequests, now);
  const locators = new Locators(now);
  const faults = new Faults();
  faults.set(faultList.parse(org.settings.faults));
  const address: { url: string } = { url: '' };
  const token: TokenResource = {
    org,
    sessions,
    url: () => address.url,
    organizationId: () => String(org.rows('Organization')[0]?.Id ?? '00D000000000000EAA'),
    failure: null,
  };
  const requestLog = new RequestLog(log);
  const api: Api = { org, access, sight, run: runAsUser(org, access, sight), locators, sessions, usage };
  const controls: Controls = { org, access, sessions, token, faults, log: requestLog, deletions: new Map() };
  const parts: Parts = { org, api, token, controls, faults, log: requestLog };

  const server = createServer({ maxHeaderSize: LONGEST_HEAD, keepAliveTimeout: 60_000 }, (request, response) => {
    void serve(parts, request, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  address.url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { url: address.url, close: () => stop(server, faults, requestLog) };
}

interface Parts {
  readonly org: Org;
  readonly api: Api;
  readonly token: TokenResource;
  readonly controls: Controls;
  readonly faults: Faults;
  readonly log: RequestLog;
}

async function stop(server: Server, faults: Faults, log: RequestLog): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  faults.release();
  await closed;
  log.close();
}

async function serve(parts: Parts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  response.sendDate = false;
  try {
    const request = await readRequest(incoming);
    if (request.path.startsWith('/sandbox/'))
      await send(parts, incoming, response, answerControl(parts.controls, request), {});
    else await serveOrg(parts, incoming, response, request);
  } catch (error) {
    if (response.headersSent || response.destroyed) return;
    const reply = error instanceof ApiError ? errorReply(error) : unexpected(error);
    await send(parts, incoming, response, reply, {});
  }
}

/** A mistake of the sandbox itself; its cause goes to stderr, never a record or a token. */
function unexpected(error: unknown): Reply {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = 'An unexpected error occurred. Please include this ErrorId if you contact support: sandbox';
  return errorReply(new ApiError(500, 'UNKNOWN_EXCEPTION', message));
}

async function serveOrg(
  parts: Parts,
  incoming: IncomingMessage,
  response: ServerResponse,
  request: ApiRequest,
): Promise<void> {
  const { locators } = parts.api;
  const soql = soqlOf(locators, request.path, request.params);
  const soqlOfParts = subrequestsOf(request).map((part) => soqlOf(locators, part.path, part.params) ?? '');
  const note = parts.log.arrived(request.method, request.path, soql);
  const fault = parts.faults.take(request.path, [soql ?? '', ...soqlOfParts].join('\n'));
  if (fault !== null && fault !== 'hang') {
    await sendFault(parts, incoming, response, fault, note);
    return;
  }
  const { reply, calls } = answer(parts, request);
  if (fault === 'hang') {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await parts.faults.hold(gone.signal);
  }
  if (response.destroyed) {
    note({ calls });
    return;
  }
  const { parts: composed } = reply;
  note({ status: reply.status, rows: reply.rows ?? 0, calls, ...(composed === undefined ? {} : { parts: composed }) });
  await send(parts, incoming, response, reply, {});
}

function answer({ api, token }: Parts, request: ApiRequest): { reply: Reply; calls: number } {
  if (request.path === '/services/oauth2/token') return { reply: answerToken(token, request), calls: 0 };
  if (request.path.startsWith('/services/data')) return answerApi(api, request, callsOf(request));
  return { reply: errorReply(notFound()), calls: 0 };
}

async function sendFault(
  parts: Parts,
  incoming: IncomingMessage,
  response: ServerResponse,
  fault: Exclude<FaultReply, 'hang'>,
  note: (outcome: Partial<LogEntry>) => void,
): Promise<void> {
  if (fault === 'reset') {
    note({});
    incoming.socket.resetAndDestroy();
    return;
  }
  if (fault === 'html503') {
    note({ status: 503 });
    const html = '<html><head><title>Server Unavailable</title></head><body>Down for maintenance</body></html>';
    await send(
      parts,
      incoming,
      response,
      { status: 503, body: html },
      { 'Content-Type': 'text/html;charset=UTF-8' },
      true,
    );
    return;
  }
  note({ status: fault.status });
  await send(parts, incoming, response, { status: fault.status, body: fault.body }, fault.headers ?? {}, fault.raw);
}

async function send(
  { org, api }: Parts,
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
  raw = false,
): Promise<void> {
  if (org.settings.latencyMs > 0) await delay(org.settings.latencyMs);
  response.setHeader('Date', org.now().toUTCString());
  response.setHeader('Sforce-Limit-Info', api.usage.info());
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

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
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
