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
  /** Path and query, from `/services/data/` on. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; asked for at each try, which may leave out what the one before has answered. */
  readonly body?: () => unknown;
  /** What it asks for, at each try. */
  readonly asked: () => Asked;
  readonly signal?: AbortSignal;
  /** The org does not count it as an API call. */
  readonly free?: boolean;
  /**
   * Takes the reply's JSON, and what makes the error of a refusal within it. What it throws counts as the reply's error:
   * it is retried, or the token renewed.
   */
  readonly read: (body: unknown, refusalError: RefusalError) => T;
}

/** API requests with the process's token: retried, redirected, and signed in again once each. */
export interface Session {
  request<T>(request: ApiRequest<T>): Promise<T>;
}

/** Sessions share all but what their requests count on. */
export type SessionOn = (meters: readonly Meter[]) => Session;

type Metered<T> = ApiRequest<T> & { readonly meters: readonly Meter[] };

const refusals = z.array(z.object({ errorCode: z.string(), message: z.string().default('') })).min(1);

/** The error of a reply or subrequest without the status 200; `body` is undefined where it is not JSON. */
type RefusalError = (status: number, body: unknown) => SalesforceError;

/** A refusal may repeat the request, headers and all. */
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
  // Whatever else is a success, or a redirect to nowhere, has not the data that were asked for.
  if (reply.status !== 200 || body === undefined) throw errorOfUnreadable(reply.status);
  return read(body, refusalError);
}

/** The URL of a path of the API. A path that leads elsewhere is a mistake of this program. */
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
  /** Narrowed where the org finds too many requests at work. */
  readonly gate: Gate;
  readonly now: () => number;
}

export function createSessions({ exchange, tokens, baseUrl, retry, gate, now }: SessionParts): SessionOn {
  /** Origins that a redirect led to, and for which instance_url was read again. */
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
        // The org may have moved: whether it has, and where to, only a new token's instance_url tells.
        tokens.forget(token);
        throw new TransientError({
          message: `${url.host} redirects to ${whyForeign(target)}`,
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

  /** What took long together is not repeated together: who asked for it divides it. */
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
