import { z } from 'zod';
import { errorOf, errorOfUnreadable } from './error-table.ts';
import { ExpiredTokenError, LimitError, type SalesforceError, TransientError } from './errors.ts';
import type { Gate } from './gate.ts';
import type { Exchange, HttpReply } from './http.ts';
import { parseJson } from './json.ts';
import { isOwn, MOST_HOPS, redirectTarget } from './redirect.ts';
import { type RetryPolicy, retrying } from './retry.ts';
import type { Token, TokenHolder } from './token.ts';

interface ApiRequest<T> {
  readonly method: 'GET' | 'POST';
  /** Path and query, from `/services/data/` on. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** The org does not count it as an API call. */
  readonly free?: boolean;
  /** Takes the reply's JSON. What it throws counts as the reply's error: it is retried, or the token renewed. */
  readonly read: (body: unknown) => T;
}

/** API requests with the process's token: retried, redirected, and signed in again once each. */
export interface Session {
  request<T>(request: ApiRequest<T>): Promise<T>;
}

const refusals = z.array(z.object({ errorCode: z.string(), message: z.string().default('') })).min(1);

/** The error of a reply or subrequest with a status of 400 and above; `body` is undefined where it is not JSON. */
export function refusalError(status: number, body: unknown): SalesforceError {
  const parsed = refusals.safeParse(body);
  const first = parsed.success ? parsed.data[0] : undefined;
  return first === undefined ? errorOfUnreadable(status) : errorOf({ status, ...first });
}

function readReply<T>(reply: HttpReply, { value }: Token, read: (body: unknown) => T): T {
  // A refusal may repeat the request, headers and all.
  if (reply.status >= 400) throw refusalError(reply.status, parseJson(reply.text.replaceAll(value, '…')));
  const body = parseJson(reply.text);
  if (body === undefined) throw errorOfUnreadable(reply.status);
  return read(body);
}

export interface SessionParts {
  readonly exchange: Exchange;
  readonly tokens: TokenHolder;
  readonly baseUrl: string;
  readonly retry: RetryPolicy;
  /** Narrowed where the org finds too many requests at work. */
  readonly gate: Gate;
  /** Told of every API request that reached the org. */
  readonly onCall: () => void;
}

export function createSession({ exchange, tokens, baseUrl, retry, gate, onCall }: SessionParts): Session {
  /** Origins that a redirect led to, and for which instance_url was read again. */
  const movedTo = new Set<string>();

  async function counted(request: Parameters<Exchange>[0], free: boolean): Promise<HttpReply> {
    try {
      const reply = await exchange(request);
      if (!free) onCall();
      return reply;
    } catch (error) {
      if (error instanceof TransientError && error.reached && !free) onCall();
      throw error;
    }
  }

  async function send(request: ApiRequest<unknown>, token: Token): Promise<HttpReply> {
    let url = new URL(request.path, token.instanceUrl);
    for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
      const message = {
        method: request.method,
        url,
        headers: {
          Accept: 'application/json',
          ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...request.headers,
          Authorization: `Bearer ${token.value}`,
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      };
      const reply = await counted(message, request.free ?? false);
      const target = redirectTarget(reply, url);
      if (target === null) return reply;
      if (!isOwn(target, [baseUrl, token.instanceUrl])) {
        // The org may have moved: whether it has, and where to, only a new token's instance_url tells.
        tokens.forget(token);
        throw new TransientError({
          message: `${url.host} redirects to ${target.host}, which is not the org's own host`,
          hint: 'The request is sent again. If it stays so, the org’s My Domain has changed: correct base_url.',
          status: reply.status,
        });
      }
      if (!movedTo.has(target.origin)) {
        movedTo.add(target.origin);
        tokens.forget(token);
      }
      url = target;
    }
    throw new TransientError({
      message: `${url.host} redirects in a circle`,
      hint: 'The request is sent again. If it stays so, correct base_url.',
    });
  }

  async function signedIn<T>(request: ApiRequest<T>): Promise<T> {
    const token = await tokens.current(request.signal);
    try {
      return readReply(await send(request, token), token, request.read);
    } catch (error) {
      if (!(error instanceof ExpiredTokenError)) throw error;
      const renewed = await tokens.renew(token, request.signal);
      return readReply(await send(request, renewed), renewed, request.read);
    }
  }

  async function heeded<T>(request: ApiRequest<T>): Promise<T> {
    const { width } = gate;
    try {
      const answer = await signedIn(request);
      gate.answered();
      return answer;
    } catch (error) {
      if (error instanceof LimitError && error.limit === 'concurrent') gate.tooMany(width);
      throw error;
    }
  }

  return {
    request: (request) => retrying(retry, () => heeded(request), request.signal),
  };
}
