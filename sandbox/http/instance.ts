import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiRequest } from './reply.ts';

/** Salesforce answers a longer URI and headers together with 431, as Node does by itself. */
const LONGEST_HEAD = 32_768;

/** Below which path an org that has moved answers requests for data. */
const MOVED = '/moved';

/**
 * Where the org is served. It can move, as orgs do between Salesforce's instances. Its My Domain stays the same, so it
 * moves within its address: requests for data are sent to a path below `/moved`, until a new token is given.
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

  /** Begins to listen. Rejects with the system's error where the port cannot be had. */
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

  /** A new token is given: requests with it need no redirect. */
  tokenGiven(): void {
    this.#redirects = false;
  }

  /** The request as it is answered, whichever way it came. */
  arrived(request: ApiRequest): ApiRequest {
    return request.path.startsWith(`${MOVED}/`) ? { ...request, path: request.path.slice(MOVED.length) } : request;
  }

  /** Where a request for data goes that came the old way; null: it is answered here. */
  redirect(
    incoming: IncomingMessage,
    request: ApiRequest,
  ): { readonly status: number; readonly location: string } | null {
    const target = incoming.url ?? '/';
    if (!this.#redirects || target.startsWith(`${MOVED}/`) || !request.path.startsWith('/services/data')) return null;
    return { status: request.method === 'GET' ? 301 : 307, location: `${this.url}${MOVED}${target}` };
  }

  /** Cuts open connections and frees the ports. `release` lets held requests go. */
  async close(release: () => void): Promise<void> {
    const closed = this.#server === null ? null : once(this.#server, 'close');
    this.#server?.close();
    this.#server?.closeAllConnections();
    release();
    await closed;
  }
}
