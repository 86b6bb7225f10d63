import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiRequest } from './reply.ts';

/** Salesforce answers a longer URI and headers together with 431, as Node does by itself. */
const LONGEST_HEAD = 32_768;

/**
 * Where the org is served. It can move, as orgs do between Salesforce's instances: then it answers at another address
 * also, which new tokens name, and the first one sends requests for data there.
 */
export class Instance {
  readonly #host: string;
  readonly #listener: RequestListener;
  readonly #servers: Server[] = [];

  constructor(host: string, listener: RequestListener) {
    this.#host = host;
    this.#listener = listener;
  }

  /** Begins to listen. Rejects with the system's error where the port cannot be had. */
  async listen(port: number): Promise<void> {
    const server = createServer({ maxHeaderSize: LONGEST_HEAD, keepAliveTimeout: 60_000 }, this.#listener);
    server.listen(port, this.#host);
    await once(server, 'listening');
    this.#servers.push(server);
  }

  /** The first address: the org's My Domain. */
  get url(): string {
    return this.#urlOf(this.#servers[0]);
  }

  /** The present address: the token's instance_url. */
  get currentUrl(): string {
    return this.#urlOf(this.#servers.at(-1));
  }

  async move(): Promise<void> {
    if (this.#servers.length === 1) await this.listen(0);
  }

  /** Where a request for data goes that came to the old address; null: it is answered here. */
  redirect(
    incoming: IncomingMessage,
    request: ApiRequest,
  ): { readonly status: number; readonly location: string } | null {
    const isHere = incoming.socket.localPort === portOf(this.#servers.at(-1));
    if (isHere || !request.path.startsWith('/services/data')) return null;
    const status = request.method === 'GET' ? 301 : 307;
    return { status, location: `${this.currentUrl}${incoming.url ?? '/'}` };
  }

  /** Cuts open connections and frees the ports. `release` lets held requests go. */
  async close(release: () => void): Promise<void> {
    const closed = this.#servers.map((server) => once(server, 'close'));
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    release();
    await Promise.all(closed);
  }

  #urlOf(server: Server | undefined): string {
    return `http://${this.#host}:${portOf(server)}`;
  }
}

function portOf(server: Server | undefined): number | undefined {
  return (server?.address() as AddressInfo | null)?.port;
}
