import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, type ZlibOptions } from 'node:zlib';
import axios from 'axios';
import { ConfigurationError, TransientError } from './errors.ts';
import type { Gate } from './gate.ts';
import { createConnections } from './http-connections.ts';
import type { Lingering } from './lingering.ts';
import { brokenError, lateError, networkError, type TimeLimit, tooLargeError } from './network-errors.ts';
import { type Asked, firstByteMs, lingersMs, orgMs } from './request-limits.ts';
import { unlessAborted } from './retry.ts';
import type { Waits } from './waiting.ts';

const unzip = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly asked: Asked;
}

/** Header names in lower case. */
type Headers = Readonly<Record<string, string>>;

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface ReplyHead {
  readonly headers: Headers;
  /** Monotonic ms when the request was sent, and when the reply's headers had arrived. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface HttpLimits {
  /** Ms until the reply begins, per query in the request. */
  readonly firstByteMs: number;
  /** Ms without a byte once the reply has begun. */
  readonly idleMs: number;
  /** Ms from the request to the end of the reply, for at most one query. */
  readonly wholeMs: number;
  /** Maximum size of a reply in bytes, both as sent and decompressed. */
  readonly maxReplyBytes: number;
}

/**
 * Sends one request and reads the whole reply, with any status. Redirects are replies too. Throws `TransientError`
 * if there is no complete reply, and the signal's reason once it is aborted. Errors of the HTTP library never leave
 * this file, because they contain headers and bodies.
 */
export type Exchange = (request: HttpRequest) => Promise<HttpReply>;

async function decode(headers: Headers, body: Buffer, maxOutputLength: number): Promise<string> {
  const encoding = headers['content-encoding'] ?? 'identity';
  // A reply without a body may still name an encoding.
  if (encoding === 'identity' || body.length === 0) return body.toString('utf8');
  // zlib checks the end of the stream; axios' own decompression accepts a truncated one.
  return (await unzip(body, { maxOutputLength })).toString('utf8');
}

/** Returns whether the error is zlib's for data that decompress to more than allowed. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function lowerCased(headers: object): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

export interface ExchangeParts {
  readonly limits: HttpLimits;
  readonly gate: Gate;
  readonly lingering: Lingering;
  readonly waits: Waits;
  readonly now: () => number;
  readonly onHead: (head: ReplyHead) => void;
}

/** A gateway sends these when a server has not answered it in time. The server may still be working. */
const GATEWAY_GAVE_UP: readonly number[] = [502, 504];

export function createExchange({ limits, gate, lingering, waits, now, onHead }: ExchangeParts): Exchange {
  const connections = createConnections();

  async function send(request: HttpRequest): Promise<HttpReply> {
    request.signal?.throwIfAborted();
    const abort = new AbortController();
    const cancel = (): void => abort.abort();
    request.signal?.addEventListener('abort', cancel);
    const { asked } = request;
    const untilFirstByte = firstByteMs(asked, limits.firstByteMs);
    const ms: Readonly<Record<TimeLimit, number>> = {
      'first-byte': untilFirstByte,
      idle: limits.idleMs,
      whole: limits.wholeMs + untilFirstByte - limits.firstByteMs,
    };
    const begunAt = now();
    // A cancelled request counts as running, but may be sent again at once. People and Temporal cancel a run once and
    // do not retry every few seconds, and a new run that waited for two minutes would look stuck.
    const lingers = (): void => {
      const barred = request.signal?.aborted ? [] : asked.queries;
      lingering.add(barred, lingersMs(asked, now() - begunAt));
    };
    const ends = waits.begin(asked.what, untilFirstByte);
    let passed: TimeLimit | null = null;
    const watch = (limit: TimeLimit): NodeJS.Timeout =>
      setTimeout(() => {
        passed = limit;
        abort.abort();
      }, ms[limit]);
    const whole = watch('whole');
    let timer = watch('first-byte');
    const host = request.url.host;
    let begun = false;
    try {
      const sentAt = now();
      const response = await axios.request<Readable>({
        ...connections.optionsFor(request.url),
        adapter: 'http',
        method: request.method,
        url: request.url.href,
        headers: { ...request.headers, 'Accept-Encoding': 'gzip' },
        data: request.body,
        responseType: 'stream',
        decompress: false,
        maxRedirects: 0,
        validateStatus: () => true,
        signal: abort.signal,
      });
      begun = true;
      clearTimeout(timer);
      timer = watch('idle');
      const headers = lowerCased(response.headers);
      onHead({ headers, sentAt, receivedAt: now() });
      abort.signal.addEventListener('abort', () => response.data.destroy(new Error('aborted')));
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response.data) {
        timer.refresh();
        bytes += chunk.length;
        if (bytes > limits.maxReplyBytes) throw tooLargeError(host, limits.maxReplyBytes);
        chunks.push(chunk);
      }
      clearTimeout(timer);
      const text = await decode(headers, Buffer.concat(chunks), limits.maxReplyBytes);
      if (GATEWAY_GAVE_UP.includes(response.status)) lingers();
      return { status: response.status, headers, text };
    } catch (error) {
      const failure = begun ? brokenError(host) : networkError(host, error);
      const wasSent = failure.reached && !(error instanceof ConfigurationError);
      if (!begun && wasSent) lingers();
      request.signal?.throwIfAborted();
      if (error instanceof TransientError || error instanceof ConfigurationError) throw error;
      if (passed !== null) throw lateError(host, passed, ms[passed]);
      if (isTooLong(error)) throw tooLargeError(host, limits.maxReplyBytes);
      throw failure;
    } finally {
      ends();
      clearTimeout(timer);
      clearTimeout(whole);
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  async function inTurn(request: HttpRequest): Promise<HttpReply> {
    const { asked, signal } = request;
    const ends = lingering.count > 0 ? waits.begin(asked.what, orgMs(asked)) : () => {};
    try {
      await lingering.ended(asked.queries, signal);
      const turn = (): Promise<HttpReply> => {
        ends();
        return send(request);
      };
      return await gate.run(turn, asked.queries.length === 0);
    } finally {
      ends();
    }
  }

  // Cancelling does not wait for a place in the queue.
  return (request) => unlessAborted(inTurn(request), request.signal);
}
