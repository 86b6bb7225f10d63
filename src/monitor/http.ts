import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../config-monitoring.ts';
import { UserError } from '../user-error.ts';

/** What the port answers. */
export interface Answers {
  /** The metrics as Prometheus reads them; null: they go to a collector. Throws where there are none at present. */
  metrics(): Promise<string> | null;
  /** Why the worker is not ready; empty: it is. */
  notReady(): readonly string[];
}

/** Serves /metrics, /healthz and /readyz; answers the function that ends it. */
export async function serveMonitoring({ host, port }: ListenAddress, answers: Answers): Promise<() => void> {
  const server = createServer(async ({ method, url }, response) => {
    const path = url?.split('?')[0];
    if (method !== 'GET' && method !== 'HEAD') return reply(response, 405, 'only GET\n');
    // Whoever reads it sees that the process lives and its event loop turns.
    if (path === '/healthz') return reply(response, 200, 'alive\n');
    if (path === '/readyz') {
      const why = answers.notReady();
      return reply(response, why.length === 0 ? 200 : 503, why.length === 0 ? 'ready\n' : `${why.join('\n')}\n`);
    }
    if (path !== '/metrics') return reply(response, 404, 'there are /metrics, /healthz and /readyz\n');
    try {
      const text = await answers.metrics();
      if (text === null) return reply(response, 404, 'the metrics go to the collector that OTEL_… names\n');
      return reply(response, 200, text, 'text/plain; version=0.0.4; charset=utf-8');
    } catch {
      return reply(response, 503, 'there are no metrics at present\n');
    }
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UserError(
      `metrics.listen: ${host}:${port} cannot be listened on (${(error as NodeJS.ErrnoException).code}): name another address or port there or by --metrics, or end the program that has it.`,
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
