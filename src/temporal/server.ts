import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { type Kept, keep, lastLines } from '../process/kept.ts';
import { portFor } from '../process/ports.ts';
import { UserError } from '../user-error.ts';

const NAMESPACE = 'default';
const READY_MS = 30_000;
/** The dev server keeps closed runs for one day, which is too short to look back at a complete backfill. */
const RETENTION_MS = 30 * 24 * 3_600_000;
const TRIES = 3;

export interface DevServerOptions {
  /** The `temporal` program: see `fetchTemporal`. */
  readonly binary: string;
  /** Where its state is kept; null: in memory. */
  readonly database: string | null;
  readonly log: string;
  /** Ports as flags gave them; free ones otherwise. */
  readonly port?: number | undefined;
  readonly uiPort?: number | undefined;
  /** `--dynamic-config-value`s, like `limit.historyCount.suggestContinueAsNew=50`. */
  readonly dynamicConfig?: readonly string[];
}

/** A running Temporal development server with its Web UI. */
export interface DevServer extends Omit<Kept, 'firstLine'> {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
}

/**
 * Starts a Temporal development server on 127.0.0.1 and waits until it answers. Ends with this process, at the latest.
 *
 * @throws UserError when a port given is taken, or the server ends or does not answer (with its last words)
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Between finding a free port and taking it, another program may have been faster.
      const taken = error instanceof Error ? takenPort(error.message) : null;
      if (taken === null || taken === options.port || taken === options.uiPort || attempt === TRIES) throw error;
    }
  }
}

/** The port that the server's last words call taken; null: they call none so. */
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
  const server = await keep(options.binary, args, { log: options.log });
  const address = `127.0.0.1:${port}`;
  try {
    await ready(server, address);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, address, namespace: NAMESPACE, uiUrl: `http://127.0.0.1:${uiPort}` };
}

async function ready(server: Kept, address: string): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (ended)
      throw new UserError(
        `The Temporal dev server ended at once; its log ${server.log} says:\n${await lastLines(server.log)}`,
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
