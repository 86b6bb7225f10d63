import { z } from 'zod';
import { errorOf, errorOfUnreadable } from './error-table.ts';
import { ExpiredTokenError, LimitError, type SalesforceError, TransientError } from './errors.ts';
import type { Gate } from './gate.ts';
import type { Exchange, HttpReply } from './http.ts';
import { parseJson } from './json.ts';
import { shortened } from './message-text.ts';
import type { Meter } from './meter.ts';
import { proxyLoginError } from './network-errors.ts';
import { createRedact, type Redact } from './redact.ts';
import { isOwn, MOST_HOPS, redirectTarget, whyForeign } from './redirect.ts';
import { type Asked, SOON_MS } from './request-limits.ts';
import { type RetryPolicy, retrying } from './retry.ts';
import type { Token } from './token.ts';
import type { TokenHolder } from './token-holder.ts';

interface ApiRequest<T> {
  readonly method: 'GET' | 'POST';
  /** Path and query, starting with `/services/data/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Called for each try, so that a retry can leave out what was answered before. */
  readonly body?: () => unknown;
  /** What the request asks for, called for each try. */
  readonly asked: () => Asked;
  readonly signal?: AbortSignal;
  /** True if the org does not count it as an API call. */
  readonly free?: boolean;
  /**
   * Reads the reply's JSON, with a function that makes the error for a refusal inside it. An error that it throws
   * counts as the reply's: the request is retried, or the token renewed.
   */
  readonly read: (body: unknown, refusalError: RefusalError) => T;
}

/** Sends API requests with the process's token. Retries them, follows redirects, and signs in again once. */
export interface Session {
  request<T>(request: ApiRequest<T>): Promise<T>;
}

/** Creates a session. Sessions share everything except the meters of their requests. */
export type SessionOn = (meters: readonly Meter[]) => Session;

type Metered<T> = ApiRequest<T> & { readonly meters: readonly Meter[] };

const refusals = z.array(z.object({ errorCode: z.string(), message: z.string().default('') })).min(1);

/** Returns the error for a reply or subrequest with a status other than 200. `body` is undefined if it is not JSON. */
type RefusalError = (status: number, body: unknown) => SalesforceError;

/** Makes errors from redacted texts, because a refusal may repeat the request, headers included. */
function refusalErrors(redact: Redact): RefusalError {
  return (status, body) => {
    const parsed = refusals.safeParse(body);
    const first = parsed.success ? parsed.data[0] : undefined;
    if (first === undefined) return errorOfUnreadable(status);
    const { errorCode, message } = first;
    return errorOf({ status, errorCode: redact(shortened(errorCode)), message: redact(shortened(message)) });
  };
}

function readReply<T>(reply: HttpReply, { value }: Token, read: ApiRequest<T>['read']): T {
  const refusalError = refusalErrors(createRedact([value]));
  const body = parseJson(reply.text);
  if (reply.status >= 400) throw refusalError(reply.status, body);
  // Any other success, or a redirect without a target, lacks the requested data.
  if (reply.status !== 200 || body === undefined) throw errorOfUnreadable(reply.status);
  return read(body, refusalError);
}

/** Returns the URL for a path of the API. A path that leads elsewhere is a bug. */
function urlOf(path: string, instanceUrl: string): URL {
  const url = new URL(path, instanceUrl);
  if (url.origin !== new URL(instanceUrl).origin || !/^\/services\/data(?:\/|$)/.test(url.pathname))
    throw new Error('a request must stay within /services/data');
  return url;
}

export interface SessionParts {
  readonly exchange: Exchange;
  readonly tokens: TokenHolder;
  readonly baseUrl: string;
  readonly retry: RetryPolicy;
  /** Narrowed if the org reports too many concurrent requests. */
  readonly gate: Gate;
  readonly now: () => number;
}

export function createSessions({ exchange, tokens, baseUrl, retry, gate, now }: SessionParts): SessionOn {
  /** Origins that a redirect led to, for which instance_url was read again. */
  const movedTo = new Set<string>();

  /** Counts every API request that reached the org. */
  async function counted(
    message: Parameters<Exchange>[0],
    { free = false, meters }: Pick<Metered<unknown>, 'free' | 'meters'>,
  ): Promise<HttpReply> {
    const count = (): void => {
      if (!free) for (const meter of meters) meter.called();
    };
    try {
      const reply = await exchange(message);
      count();
      return reply;
    } catch (error) {
      if (error instanceof TransientError && error.reached) count();
      throw error;
    }
  }

  async function send(request: Metered<unknown>, token: Token): Promise<HttpReply> {
    let url = urlOf(request.path, token.instanceUrl);
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
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body()) }),
        asked: request.asked(),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      };
      const reply = await counted(message, request);
      if (reply.status === 407) throw proxyLoginError(url.host);
      const target = redirectTarget(reply, url);
      if (target === null) return reply;
      if (!isOwn(target, [baseUrl, token.instanceUrl])) {
        // The org may have moved. Only a new token's instance_url shows whether, and where to.
        tokens.forget(token);
        throw new TransientError({
          message: `${url.host} redirects to ${whyForeign(target)}`,
          hint: 'The request is retried. If this persists, the org’s My Domain has changed: correct base_url.',
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
      message: `${url.host} redirects in a loop`,
      hint: 'The request is retried. If this persists, correct base_url.',
    });
  }

  async function signedIn<T>(request: Metered<T>): Promise<T> {
    const { signal, meters } = request;
    const token = await tokens.current(signal, meters);
    try {
      return readReply(await send(request, token), token, request.read);
    } catch (error) {
      if (!(error instanceof ExpiredTokenError)) throw error;
      const renewed = await tokens.renew(token, signal, meters);
      return readReply(await send(request, renewed), renewed, request.read);
    }
  }

  async function heeded<T>(request: Metered<T>): Promise<T> {
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

  /** Does not retry several queries together after a slow failure. The caller splits them. */
  function answer<T>(request: Metered<T>): Promise<T> {
    let begunAt = now();
    const work = (): Promise<T> => {
      begunAt = now();
      return heeded(request);
    };
    const repeats = (error: unknown): boolean =>
      !(error instanceof TransientError) || request.asked().queries.length <= 1 || now() - begunAt < SOON_MS;
    return retrying(retry, work, request.signal, repeats);
  }

  return (meters) => ({ request: (request) => answer({ ...request, meters }) });
}
