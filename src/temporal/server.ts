import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { UserError } from '../errors.ts';
import { portFor } from '../process/ports.ts';
import { lastLines, type Supervised, supervise } from '../process/supervised.ts';

const NAMESPACE = 'default';
const READY_MS = 30_000;
/** The dev server's default for closed runs is one day, too short to look back at a complete backfill. */
const RETENTION_MS = 30 * 24 * 3_600_000;
const TRIES = 3;

export interface DevServerOptions {
  /** The `temporal` program: see `fetchTemporal`. */
  readonly binary: string;
  /** The file for its state. Null: in memory. */
  readonly database: string | null;
  readonly log: string;
  /** Ports from flags. Left out: free ones. */
  readonly port?: number | undefined;
  readonly uiPort?: number | undefined;
  /** Values for `--dynamic-config-value`, such as `limit.historyCount.suggestContinueAsNew=50`. */
  readonly dynamicConfig?: readonly string[];
}

/** A running Temporal development server with its Web UI. */
export interface DevServer extends Omit<Supervised, 'firstLine'> {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
}

/**
 * Starts a Temporal development server on 127.0.0.1, and waits until it answers. The server ends with this process at
 * the latest.
 *
 * @throws UserError if a given port is taken, or if the server ends or does not answer (with its last words)
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another program may take a port after we found it free.
      const taken = error instanceof Error ? takenPort(error.message) : null;
      if (taken === null || taken === options.port || taken === options.uiPort || attempt === TRIES) throw error;
    }
  }
}

/** Returns the port that the server's last words call taken. Null: none. */
function takenPort(words: string): number | null {
  const [, port] = /:(\d{1,5}): bind: address already in use/i.exec(words) ?? [];
  return port === undefined ? null : Number(port);
}

async function startOnce(options: DevServerOptions): Promise<DevServer> {
  const port = await portFor('--temporal-port', options.port);
  const uiPort = await portFor('--ui-port', options.uiPort);
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--ui-ip',
    '127.0.0.1',
    '--ui-port',
    `${uiPort}`,
  ];
  args.push('--log-level', 'error', ...(options.database === null ? [] : ['--db-filename', options.database]));
  args.push(...(options.dynamicConfig ?? []).flatMap((value) => ['--dynamic-config-value', value]));
  const server = await supervise(options.binary, args, { log: options.log });
  const address = `127.0.0.1:${port}`;
  try {
    await ready(server, address);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, address, namespace: NAMESPACE, uiUrl: `http://127.0.0.1:${uiPort}` };
}

async function ready(server: Supervised, address: string): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (ended)
      throw new UserError(
        `The Temporal dev server exited immediately; its log ${server.log} says:\n${await lastLines(server.log)}`,
      );
    try {
      return await keepRuns(address);
    } catch (error) {
      if (Date.now() > deadline)
        throw new UserError(
          `The Temporal dev server does not answer at ${address} (${String(error)}); see ${server.log}.`,
        );
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

async function keepRuns(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.updateNamespace({
        namespace: NAMESPACE,
        config: { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) },
      }),
    );
  } finally {
    await connection.close();
  }
}
