import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { fetchTemporal } from '../../../src/temporal/binaries.ts';
import { connectClient, temporalSettings } from '../../../src/temporal/connect.ts';
import { startDevServer } from '../../../src/temporal/server.ts';

/** A Temporal dev server with its state in a file, and a client of it. */
export interface Temporal {
  readonly address: string;
  readonly client: Client;
  stop(): Promise<void>;
}

/** Starts a Temporal dev server. Writes into `work`, an existing folder. */
export async function startTemporal(work: string): Promise<Temporal> {
  const server = await startDevServer({
    binary: await fetchTemporal('temporal', { say: (line) => process.stderr.write(`${line}\n`) }),
    database: join(work, 'temporal.db'),
    log: join(work, 'temporal.log'),
  });
  const { address } = server;
  const client = await connectClient(temporalSettings(join(work, 'none'), { TEMPORAL_ADDRESS: address }));
  return {
    address,
    client,
    async stop() {
      await client.connection.close();
      await server.stop();
    },
  };
}
