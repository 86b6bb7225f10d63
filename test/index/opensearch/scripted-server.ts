import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Client } from '@opensearch-project/opensearch';
import { type ClusterLocation, connectCluster } from '../../../src/index/opensearch/client.ts';
import { type ClusterFailure, failureOf } from '../../../src/index/opensearch/failures.ts';

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs the body while a server answers there, over TLS if it has options for that. */
export async function withServer<T>(
  listener: Listener,
  body: (url: string) => Promise<T>,
  tls: ServerOptions | null = null,
): Promise<T> {
  const server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    return await body(`${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

export const NO_TLS = { caFile: null, certFile: null, keyFile: null };

/** A cluster without TLS and without login, except for what is given. */
export function locationOf(url: string, more: Partial<ClusterLocation> = {}): ClusterLocation {
  return { url, tls: NO_TLS, auth: { kind: 'none' }, ...more };
}

/** Runs the body with a client of the cluster. */
export async function withClient<T>(location: ClusterLocation, body: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectCluster(location);
  try {
    return await body(client);
  } finally {
    await client.close();
  }
}

/** Returns how the request fails. It must. */
export async function failureIn(request: () => Promise<unknown>): Promise<ClusterFailure> {
  const [outcome] = await Promise.allSettled([request()]);
  if (outcome.status === 'fulfilled') throw new Error('the request did not fail');
  const failure = failureOf(outcome.reason);
  if (failure === null) throw outcome.reason;
  return failure;
}
