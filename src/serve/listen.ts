import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { ListenAddress } from '../config/monitoring.ts';
import { UserError } from '../errors.ts';

/** A client that sends its request more slowly than this is cut off. */
const REQUEST_MS = 15_000;
const HEADERS_MS = 10_000;
const IDLE_MS = 30_000;

/** How long requests under way may take after the server is stopped. */
const GRACE_MS = 10_000;

const IDLE_CHECK_MS = 50;

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
  onError: (error: Error) => void,
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
  const closeIdle = idleCloser(server);
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UserError(
      `--listen: cannot listen on ${host}:${port} (${(error as NodeJS.ErrnoException).code}): use another address or port, or stop the program that uses it.`,
    );
  }
  // Without a listener, too many open files would end the process.
  server.on('error', onError);
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, stop: () => stop(server, closeIdle) };
}

/** Returns a function that closes the connections without a request under way. */
function idleCloser(server: Server): () => void {
  const idle = new Set<Socket>();
  server.on('connection', (socket) => {
    idle.add(socket);
    socket.on('close', () => idle.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    response.on('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
  return () => {
    for (const socket of idle) socket.destroy();
  };
}

async function stop(server: Server, closeIdle: () => void): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Connections stay open after their reply, and browsers open some that they may never use.
  const idle = setInterval(closeIdle, IDLE_CHECK_MS);
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
