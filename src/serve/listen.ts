import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { ListenAddress } from '../config/monitoring.ts';
import { UserError } from '../errors.ts';

/** A client that sends its request more slowly than this is cut off. */
const REQUEST_MS = 15_000;
const HEADERS_MS = 10_000;
const IDLE_MS = 30_000;

/** How long requests under way may take after the server is stopped. */
const GRACE_MS = 10_000;

const IDLE_LOOK_MS = 50;

const MOST_CONNECTIONS = 2_000;

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Takes no more requests, lets those under way end, and closes. */
  stop(): Promise<void>;
}

/** Serves the app. Throws a `UserError` if the address cannot be used. */
export async function listen(
  fetch: Parameters<typeof getRequestListener>[0],
  { host, port }: ListenAddress,
): Promise<Listening> {
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1_000,
    },
    getRequestListener(fetch),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UserError(
      `--listen: cannot listen on ${host}:${port} (${(error as NodeJS.ErrnoException).code}): use another address or port, or stop the program that uses it.`,
    );
  }
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, stop: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection whose answer was sent waits for more requests, which do not come.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
