import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Api, answerApi } from './api.ts';
import { callsOf, subrequestsOf } from './composite.ts';
import { answerControl, type Controls } from './control.ts';
import type { FaultReply, Faults } from './faults.ts';
import { soqlOf } from './query.ts';
import { ApiError, type ApiRequest, errorReply, notFound, type Reply } from './reply.ts';
import type { LogEntry, RequestLog } from './request-log.ts';
import { answerToken, type TokenResource } from './token.ts';
import { type Exchange, readRequest, send } from './wire.ts';

/** What a server is made of. */
export interface Parts {
  readonly api: Api;
  readonly token: TokenResource;
  readonly controls: Controls;
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** Answers one request of a client, whatever it is; never rejects on a broken request. */
export async function serve(parts: Parts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  response.sendDate = false;
  const exchange: Exchange = { org: parts.api.org, usage: parts.api.usage, incoming, response };
  try {
    const request = await readRequest(incoming);
    if (request.path.startsWith('/sandbox/')) await send(exchange, answerControl(parts.controls, request));
    else await serveOrg(parts, exchange, request);
  } catch (error) {
    if (response.headersSent || response.destroyed) return;
    const reply = error instanceof ApiError ? errorReply(error) : unexpected(error);
    await send(exchange, reply);
  }
}

/** A mistake of the sandbox itself; its cause goes to stderr, never a record or a token. */
function unexpected(error: unknown): Reply {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = 'An unexpected error occurred. Please include this ErrorId if you contact support: sandbox';
  return errorReply(new ApiError(500, 'UNKNOWN_EXCEPTION', message));
}

async function serveOrg(parts: Parts, exchange: Exchange, request: ApiRequest): Promise<void> {
  const { locators } = parts.api;
  const soql = soqlOf(locators, request.path, request.params);
  const soqlOfParts = subrequestsOf(request).map((part) => soqlOf(locators, part.path, part.params) ?? '');
  const note = parts.log.arrived(request.method, request.path, soql);
  const fault = parts.faults.take(request.path, [soql ?? '', ...soqlOfParts].join('\n'));
  if (fault !== null && fault !== 'hang') {
    await sendFault(exchange, fault, note);
    return;
  }
  const { reply, calls } = answer(parts, request);
  if (fault === 'hang') {
    const gone = new AbortController();
    exchange.response.once('close', () => gone.abort());
    await parts.faults.hold(gone.signal);
  }
  if (exchange.response.destroyed) {
    note({ calls });
    return;
  }
  const { parts: composed } = reply;
  note({ status: reply.status, rows: reply.rows ?? 0, calls, ...(composed === undefined ? {} : { parts: composed }) });
  await send(exchange, reply);
}

function answer({ api, token }: Parts, request: ApiRequest): { reply: Reply; calls: number } {
  try {
    if (request.path === '/services/oauth2/token') return { reply: answerToken(token, request), calls: 0 };
    if (request.path.startsWith('/services/data')) return answerApi(api, request, callsOf(request));
    return { reply: errorReply(notFound()), calls: 0 };
  } catch (error) {
    return { reply: unexpected(error), calls: 0 };
  }
}

async function sendFault(
  exchange: Exchange,
  fault: Exclude<FaultReply, 'hang'>,
  note: (outcome: Partial<LogEntry>) => void,
): Promise<void> {
  if (fault === 'reset') {
    note({});
    exchange.incoming.socket.resetAndDestroy();
    return;
  }
  if (fault === 'html503') {
    note({ status: 503 });
    const html = '<html><head><title>Server Unavailable</title></head><body>Down for maintenance</body></html>';
    await send(exchange, { status: 503, body: html }, { 'Content-Type': 'text/html;charset=UTF-8' }, true);
    return;
  }
  note({ status: fault.status });
  await send(exchange, { status: fault.status, body: fault.body }, fault.headers ?? {}, fault.raw);
}
