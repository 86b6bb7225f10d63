import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import axios from 'axios';
import { isLoopback } from './base-url.ts';
import { TransientError } from './errors.ts';
import type { Gate } from './gate.ts';
import { brokenError, lateError, networkError } from './network-errors.ts';
import { unlessAborted } from './retry.ts';

const unzip = promisify(gunzip);

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
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
  /** Monotonic ms at which the request went out, and at which the reply's head was in. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface HttpLimits {
  /** Ms until the reply begins: a query may take two minutes. */
  readonly firstByteMs: number;
  /** Ms without a byte once the reply has begun. */
  readonly idleMs: number;
}

/**
 * Sends one request and reads the whole reply, whatever its status; redirects are replies. Throws `TransientError`
 * where there is no complete reply, and the signal's reason once it is aborted. No error of the HTTP library leaves
 * this file: those carry headers and bodies.
 */
export type Exchange = (request: HttpRequest) => Promise<HttpReply>;

async function decode(headers: Headers, body: Buffer): Promise<string> {
  const encoding = headers['content-encoding'] ?? 'identity';
  // A bodiless reply may still name an encoding.
  if (encoding === 'identity' || body.length === 0) return body.toString('utf8');
  // zlib is strict about the end of the stream; axios' own decompression takes a truncated one for complete.
  return (await unzip(body)).toString('utf8');
}

function lowerCased(headers: object): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

export function createExchange(limits: HttpLimits, gate: Gate, onHead: (head: ReplyHead) => void): Exchange {
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  };

  async function send(request: HttpRequest): Promise<HttpReply> {
    request.signal?.throwIfAborted();
    const abort = new AbortController();
    const cancel = (): void => abort.abort();
    request.signal?.addEventListener('abort', cancel);
    let passed: 'first-byte' | 'idle' | null = null;
    const watch = (limit: 'first-byte' | 'idle', ms: number): NodeJS.Timeout =>
      setTimeout(() => {
        passed = limit;
        abort.abort();
      }, ms);
    let timer = watch('first-byte', limits.firstByteMs);
    const host = request.url.host;
    let begun = false;
    try {
      const sentAt = performance.now();
      const response = await axios.request<Readable>({
        ...agents,
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
        ...(isLoopback(request.url.hostname) ? { proxy: false as const } : {}),
      });
      begun = true;
      clearTimeout(timer);
      timer = watch('idle', limits.idleMs);
      const headers = lowerCased(response.headers);
      onHead({ headers, sentAt, receivedAt: performance.now() });
      abort.signal.addEventListener('abort', () => response.data.destroy(new Error('aborted')));
      const chunks: Buffer[] = [];
      for await (const chunk of response.data) {
        timer.refresh();
        chunks.push(chunk);
      }
      return { status: response.status, headers, text: await decode(headers, Buffer.concat(chunks)) };
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof TransientError) throw error;
      if (passed !== null) throw lateError(host, passed, passed === 'idle' ? limits.idleMs : limits.firstByteMs);
      throw begun ? brokenError(host) : networkError(host, error);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  // Whoever cancels does not wait for a place in the queue.
  return (request) =>
    unlessAborted(
      gate.run(() => send(request)),
      request.signal,
    );
}
