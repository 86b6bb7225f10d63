import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiRequest } from './reply.ts';

/** Salesforce answers 431 if the URI and headers together are longer. Node does so too. */
const LONGEST_HEAD = 32_768;

/** The path below which an org that has moved answers requests for data. */
const MOVED = '/moved';

/**
 * The address that serves the org. The org can move, as orgs do between Salesforce's instances. Its My Domain stays, so
 * it moves within its address: until a new token is issued, requests for data are redirected to a path below `/moved`.
 */
export class Instance {
  readonly #host: string;
  readonly #listener: RequestListener;
  #server: Server | null = null;
  #redirects = false;

  constructor(host: string, listener: RequestListener) {
    this.#host = host;
    this.#listener = listener;
  }

  /** Starts to listen. Rejects with the system's error if the port isn't available. */
  async listen(port: number): Promise<void> {
    const server = createServer({ maxHeaderSize: LONGEST_HEAD, keepAliveTimeout: 60_000 }, this.#listener);
    server.listen(port, this.#host);
    await once(server, 'listening');
    this.#server = server;
  }

  /** The org's My Domain, and the token's instance_url. */
  get url(): string {
    return `http://${this.#host}:${(this.#server?.address() as AddressInfo | null)?.port}`;
  }

  move(): void {
    this.#redirects = true;
  }

  /** Ends redirects: a new token was issued. */
  tokenGiven(): void {
    this.#redirects = false;
  }

  /** Returns the request with its original path, whether or not it was redirected. */
  arrived(request: ApiRequest): ApiRequest {
    return request.path.startsWith(`${MOVED}/`) ? { ...request, path: request.path.slice(MOVED.length) } : request;
  }

  /** Returns the redirect for a request for data at the old path; null if it is answered here. */
  redirect(
    incoming: IncomingMessage,
    request: ApiRequest,
  ): { readonly status: number; readonly location: string } | null {
    const target = incoming.url ?? '/';
    if (!this.#redirects || target.startsWith(`${MOVED}/`) || !request.path.startsWith('/services/data')) return null;
    return { status: request.method === 'GET' ? 301 : 307, location: `${this.url}${MOVED}${target}` };
  }

  /** Cuts open connections and frees the port. `release` ends held requests. */
  async close(release: () => void): Promise<void> {
    const closed = this.#server === null ? null : once(this.#server, 'close');
    this.#server?.close();
    this.#server?.closeAllConnections();
    release();
    await closed;
  }
}
