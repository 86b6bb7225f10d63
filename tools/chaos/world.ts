import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateProgram } from '@salesforce-connector/sandbox/generate';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { freePort } from '../../src/process/ports.ts';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { connectClient, temporalSettings } from '../../src/temporal/connect.ts';
import { applySchedule } from '../../src/temporal/schedule.ts';
import { startDevServer } from '../../src/temporal/server.ts';
import { type SearchCluster, startCluster } from './cluster.ts';
import type { Injection } from './injection.ts';
import { type Org, serveOrg } from './org.ts';
import { type Runs, runsOf } from './runs.ts';
import { type RunningWorker, startWorker } from './worker.ts';

/**
 * The number of events after which a workflow continues as new: so low that a complete backfill does so.
 */
const CONTINUE_AS_NEW_AT = 40;

export const ENGINES = ['sqlite', 'opensearch'] as const;

export type Engine = (typeof ENGINES)[number];

/** Everything in a deployment, as processes that can be killed. */
export interface World {
  readonly folder: string;
  readonly config: Config;
  readonly org: Org;
  readonly runs: Runs;
  /** The search engine outside the run store's file. Null: the embedded one. */
  readonly cluster: SearchCluster | null;
  startWorker(inject?: Injection): Promise<RunningWorker>;
  /** Kills every worker. */
  killWorkers(): Promise<void>;
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Ends every process. */
  close(): Promise<void>;
}

/**
 * Creates a world.
 *
 * @param bug a deliberate bug of the workers, by its name in bugs.ts
 */
export async function createWorld(
  folder: string,
  {
    accounts,
    seed,
    bug,
    engine,
  }: {
    readonly accounts: number;
    readonly seed: number;
    readonly bug: string | null;
    readonly engine: Engine;
  },
): Promise<World> {
  const orgFolder = join(folder, 'org');
  execFileSync(process.execPath, [...generateProgram, orgFolder, '--accounts', `${accounts}`, '--seed', `${seed}`]);
  const settings = join(orgFolder, 'org.json');
  writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings, 'utf8')), page_size: 12 }));
  const org = await serveOrg(orgFolder, join(folder, 'org.log'));
  const [port, uiPort, binary] = [await freePort(), await freePort(), await fetchTemporal('temporal')];
  const serve = () =>
    startDevServer({
      binary,
      database: join(folder, 'temporal.db'),
      log: join(folder, 'temporal.log'),
      port,
      uiPort,
      dynamicConfig: [`limit.historyCount.suggestContinueAsNew=${CONTINUE_AS_NEW_AT}`],
    });
  let server = await serve();

  const cluster = engine === 'opensearch' ? await startCluster(folder) : null;
  const configFile = join(folder, 'config.yaml');
  writeFileSync(
    configFile,
    `connection: chaos
base_url: ${org.url}
client_id: sandbox
client_secret: sandbox
cron-spec: "0 0 1 1 *"
data_dir: ${JSON.stringify(join(folder, 'data'))}
slice_records: 15
complete_backfill_frequency: 1000
${cluster === null ? '' : `index: { engine: opensearch, url: "${cluster.proxy.url}", prefix: chaos, replicas: 0 }`}
`,
  );
  writeFileSync(join(folder, 'temporal.toml'), `[profile.default]\naddress = "${server.address}"\n`);
  const config = await loadConfig(configFile, {});
  const client = await connectClient(temporalSettings(configFile, {}));
  await applySchedule(client, config);
  /** Includes workers that are still starting, because closing waits for them, too. */
  const workers: Promise<RunningWorker>[] = [];

  async function killWorkers(): Promise<void> {
    for (const starting of workers.splice(0)) {
      const worker = await starting;
      try {
        worker.kill('SIGKILL');
      } catch {
        // It is already dead.
      }
      await worker.exited;
    }
  }

  return {
    folder,
    config,
    org,
    runs: runsOf(client, config.connection),
    cluster,
    startWorker(inject) {
      const starting = startWorker({ configFile, folder, bug, inject: inject ?? null });
      workers.push(starting);
      return starting;
    },
    killWorkers,
    async killServer() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async startServer() {
      server = await serve();
    },
    async close() {
      await killWorkers();
      // The client stays open until the process ends, because a world that was stopped may still be waiting for it.
      await server.stop();
      await org.stop();
      await cluster?.stop();
    },
  };
}

/** Creates an empty folder, deleting an old one. */
export function freshFolder(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
