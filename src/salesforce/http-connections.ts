import { type Agent, type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { isLoopback } from './base-url.ts';
import { proxyOf, Tunnel } from './proxy.ts';

export interface ConnectionTimes {
  /** A connection that was idle this long is not reused, because firewalls drop it without notice. */
  readonly idleMs: number;
  /** Interval of the keep-alive probes during a long query, because a firewall drops that connection too. */
  readonly keepAliveMs: number;
  /** Time limit for making a connection, the proxy and TLS included. */
  readonly connectMs: number;
}

const CONNECTION_TIMES: ConnectionTimes = { idleMs: 55_000, keepAliveMs: 30_000, connectMs: 30_000 };

/** The `code` of the error if a connection was not made in time. */
export const NOT_CONNECTED = 'NOT_CONNECTED';

/** Provides the axios options for requests to a URL. */
export interface Connections {
  optionsFor(url: URL): {
    readonly httpAgent?: Agent;
    readonly httpsAgent?: Agent;
    readonly transport: { request: typeof httpsRequest };
    readonly proxy: false;
  };
}

/** Creates connections that are reused, and closed before a firewall drops them. */
export function createConnections(times: ConnectionTimes = CONNECTION_TIMES): Connections {
  const kept = { keepAlive: true, keepAliveMsecs: times.keepAliveMs };
  const httpAgent = new HttpAgent(kept);
  const httpsAgent = new HttpsAgent(kept);
  const tunnels = new Map<string, Agent>();
  const freeSince = new WeakMap<object, number>();
  for (const agent of [httpAgent, httpsAgent]) watchIdle(agent);

  function watchIdle(agent: Agent): void {
    agent.on('free', (socket: Socket) => {
      freeSince.set(socket, Date.now());
      // The agent destroys a free socket that times out, but not one in use.
      socket.setTimeout(times.idleMs);
    });
  }

  /**
   * Closes idle connections by their age, because timers do not run while a process is blocked or its machine sleeps.
   */
  function dropIdle(agent: Agent): void {
    for (const sockets of Object.values(agent.freeSockets))
      for (const socket of sockets ?? [])
        if (Date.now() - (freeSince.get(socket) ?? 0) >= times.idleMs) socket.destroy();
  }

  function httpsAgentFor(url: URL): Agent {
    const proxy = isLoopback(url.hostname) ? null : proxyOf(url);
    if (proxy === null) return httpsAgent;
    const known = tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const tunnel = new Tunnel(proxy.href, { ...kept, keepAliveInitialDelay: times.keepAliveMs });
    watchIdle(tunnel);
    tunnels.set(proxy.href, tunnel);
    return tunnel;
  }

  /**
   * Enables TCP keep-alive and limits the time to connect. Node.js enables keep-alive only once a connection becomes
   * free, and has no limit for connecting.
   */
  function watchConnecting(request: ClientRequest, made: 'connect' | 'secureConnect'): ClientRequest {
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error('not connected in time'), { code: NOT_CONNECTED }));
    }, times.connectMs);
    const clear = (): void => clearTimeout(timer);
    request.once('close', clear);
    request.once('socket', (socket) => {
      if (request.reusedSocket) clear();
      else
        socket.once(made, () => {
          clear();
          socket.setKeepAlive(true, times.keepAliveMs);
        });
    });
    return request;
  }

  const transports = {
    'http:': {
      request: (...given: Parameters<typeof httpRequest>) => watchConnecting(httpRequest(...given), 'connect'),
    },
    'https:': {
      request: (...given: Parameters<typeof httpsRequest>) => watchConnecting(httpsRequest(...given), 'secureConnect'),
    },
  };

  return {
    optionsFor(url) {
      const isHttps = url.protocol === 'https:';
      const agent = isHttps ? httpsAgentFor(url) : httpAgent;
      dropIdle(agent);
      const transport = transports[isHttps ? 'https:' : 'http:'] as { request: typeof httpsRequest };
      return { ...(isHttps ? { httpsAgent: agent } : { httpAgent: agent }), transport, proxy: false };
    },
  };
}
