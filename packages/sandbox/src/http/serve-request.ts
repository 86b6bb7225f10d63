import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Api, answerApi } from './api.ts';
import type { Commits } from './change/commits.ts';
import { callsOf, subrequestsOf, tookOf } from './composite.ts';
import { answerControl, type Controls } from './control.ts';
import { ANSWERS } from './faults/answers.ts';
import type { Faults } from './faults/faults.ts';
import { isAt, type ReplyAt } from './faults/names.ts';
import type { Instance } from './instance.ts';
import { isContinuation, soqlOf } from './query.ts';
import { ApiError, type ApiRequest, errorReply, notFound, type Reply } from './reply.ts';
import type { LogEntry, RequestLog } from './request-log.ts';
import { answerToken, type TokenResource } from './token.ts';
import { type Exchange, goneOf, readRequest, send, sendFaultily } from './wire.ts';

/** The parts of a server. */
export interface Parts {
  readonly api: Api;
  readonly token: TokenResource;
  readonly controls: Controls;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly commits: Commits;
  readonly instance: Instance;
}

/** Answers one HTTP request. Never rejects on an invalid request. */
export async function serve(parts: Parts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  response.sendDate = false;
  const exchange: Exchange = { org: parts.api.org, usage: parts.api.usage, incoming, response };
  try {
    const request = parts.instance.arrived(await readRequest(incoming));
    if (request.path.startsWith('/sandbox/')) await send(exchange, answerControl(parts.controls, request));
    else await serveOrg(parts, exchange, request);
  } catch (error) {
    if (response.headersSent || response.destroyed) return;
    const reply = error instanceof ApiError ? errorReply(error) : unexpected(error);
    await send(exchange, reply);
  }
}

/** Reports a bug in the sandbox. Its cause goes to stderr, never a record or a token. */
function unexpected(error: unknown): Reply {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = 'An unexpected error occurred. Please include this ErrorId if you contact support: sandbox';
  return errorReply(new ApiError(500, 'UNKNOWN_EXCEPTION', message));
}

async function serveOrg(parts: Parts, exchange: Exchange, request: ApiRequest): Promise<void> {
  const { faults, instance } = parts;
  const { locators } = parts.api;
  parts.commits.settle();
  const soql = soqlOf(locators, request.path, request.params);
  const soqlOfParts = subrequestsOf(request).map((part) => soqlOf(locators, part.path, part.params) ?? '');
  const struck = {
    path: request.path,
    soql: [soql ?? '', ...soqlOfParts].join('\n'),
    continues: isContinuation(request.path),
  };
  const note = parts.log.arrived(request.method, request.path, soql);
  const fault = faults.take(struck);
  if (isAt('instead', fault)) return sendInstead(exchange, fault, note);
  if (isAt('before', fault)) await happen(parts, fault);
  const moved = instance.redirect(exchange.incoming, request);
  if (moved !== null) {
    note({ status: moved.status });
    return send(exchange, { status: moved.status, body: undefined }, { Location: moved.location });
  }
  parts.api.time.begin();
  const { reply, calls } = answer(parts, request);
  const over = parts.api.time.end();
  if (request.path === '/services/oauth2/token' && reply.status === 200) instance.tokenGiven();
  await over;
  if (fault === 'hang') await faults.hold(goneOf(exchange.response));
  if (exchange.response.destroyed) {
    note({ calls, ...tookOf(reply) });
    return;
  }
  const { parts: composed } = reply;
  note({
    status: reply.status,
    rows: reply.rows ?? 0,
    calls,
    ...tookOf(reply),
    ...(composed === undefined ? {} : { parts: composed }),
  });
  if (isAt('wire', fault) && fault !== 'hang') await sendFaultily(exchange, faults, fault, reply);
  else await send(exchange, reply);
}

/** Applies a fault to the org before it answers. */
async function happen({ api, token, commits, instance }: Parts, fault: ReplyAt<'before'>): Promise<void> {
  if (typeof fault === 'object') commits.make(fault.change);
  else if (fault === 'locator-expired') api.locators.forgetAll();
  else if (fault === 'moved') instance.move();
  else {
    api.sessions.expireAll();
    if (fault === 'credentials-revoked') token.failure = REVOKED;
  }
}

const REVOKED = { status: 400, error: 'invalid_client', error_description: 'invalid client credentials' };

function answer({ api, token }: Parts, request: ApiRequest): { reply: Reply; calls: number } {
  try {
    if (request.path === '/services/oauth2/token') return { reply: answerToken(token, request), calls: 0 };
    if (request.path.startsWith('/services/data')) return answerApi(api, request, callsOf(request));
    return { reply: errorReply(notFound()), calls: 0 };
  } catch (error) {
    return { reply: unexpected(error), calls: 0 };
  }
}

async function sendInstead(
  exchange: Exchange,
  fault: ReplyAt<'instead'>,
  note: (outcome: Partial<LogEntry>) => void,
): Promise<void> {
  if (fault === 'reset') {
    note({});
    exchange.incoming.socket.resetAndDestroy();
    return;
  }
  const { status, body, headers, raw } = typeof fault === 'string' ? ANSWERS[fault] : fault;
  note({ status });
  await send(exchange, { status, body }, headers ?? {}, raw);
}
