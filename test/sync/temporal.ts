import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { type DevServer, startDevServer } from '../../src/temporal/server.ts';

/** A Temporal dev server for one test file. `continueAsNewAt`: suggest continue-as-new after this many events. */
export async function testTemporal(
  options: { continueAsNewAt?: number; database?: string; port?: number } = {},
): Promise<DevServer> {
  const { continueAsNewAt, database = null, port } = options;
  return startDevServer({
    binary: await fetchTemporal('temporal'),
    database,
    log: join(mkdtempSync(join(tmpdir(), 'connector-temporal-')), 'temporal.log'),
    ...(port === undefined ? {} : { port }),
    ...(continueAsNewAt === undefined
      ? {}
      : { dynamicConfig: [`limit.historyCount.suggestContinueAsNew=${continueAsNewAt}`] }),
  });
}
