import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../../config/monitoring.ts';
import { UserError } from '../../errors.ts';

/** What the port serves. */
export interface Answers {
  /** Where the address is set, for the error if it cannot be used. */
  readonly setting: string;
  /**
   * Returns the metrics in Prometheus's format. Null: they go to a collector. Throws if there are none at the moment.
   */
  metrics(): Promise<string> | null;
  /** Returns why the process is not ready. Empty: it is ready. */
  notReady(): readonly string[] | Promise<readonly string[]>;
}

/** Serves /metrics, /healthz and /readyz. Returns a function that stops the server. */
export async function serveMonitoring({ host, port }: ListenAddress, answers: Answers): Promise<() => void> {
  const server = createServer(async ({ method, url }, response) => {
    const path = url?.split('?')[0];
    if (method !== 'GET' && method !== 'HEAD') return reply(response, 405, 'only GET\n');
    // Any reply proves that the process is alive and its event loop is running.
    if (path === '/healthz') return reply(response, 200, 'alive\n');
    if (path === '/readyz') {
      const why = await answers.notReady();
      return reply(response, why.length === 0 ? 200 : 503, why.length === 0 ? 'ready\n' : `${why.join('\n')}\n`);
    }
    if (path !== '/metrics') return reply(response, 404, 'there are /metrics, /healthz and /readyz\n');
    try {
      const text = await answers.metrics();
      if (text === null) return reply(response, 404, 'the metrics go to the collector that OTEL_… names\n');
      return reply(response, 200, text, 'text/plain; version=0.0.4; charset=utf-8');
    } catch {
      return reply(response, 503, 'there are no metrics yet\n');
    }
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UserError(
      `${answers.setting}: cannot listen on ${host}:${port} (${(error as NodeJS.ErrnoException).code}): set another address or port there, or stop the program that uses it.`,
    );
  }
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

function reply(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}
