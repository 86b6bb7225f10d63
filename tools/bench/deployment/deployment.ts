import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { supervise } from '../../../src/process/supervised.ts';
import { scheduleIdOf, taskQueueOf } from '../../../workflows/contract.ts';
import { waitFor } from '../../chaos/wait.ts';
import { type Checkout, neutralEnvironment, runCommand } from './checkout.ts';
import { usageOf } from './process-usage.ts';
import type { ServedOrg } from './served-org.ts';
import type { Temporal } from './temporal.ts';
import { LOOP_DELAY_FILE, type LoopDelay } from './watch-loop-delay.ts';

/** What a run took. */
export interface RunFigures {
  /** From the run's start to its end, by Temporal. */
  readonly seconds: number;
  readonly workerCpuSeconds: number;
  readonly sandboxCpuSeconds: number;
  /** The highest since the worker started. */
  readonly workerPeakMegabytes: number;
  readonly apiCalls: number;
  readonly records: number;
  /** The index file without its journal. */
  readonly indexMegabytes: number;
  readonly loopDelay: LoopDelay;
}

/** A checkout's worker with an index of its own, as its user would run it. */
export interface Deployment {
  readonly checkout: Checkout;
  /** The index file; with a cluster, the file of the run store. */
  readonly index: string;
  completeBackfill(): Promise<RunFigures>;
  incrementalRun(): Promise<RunFigures>;
  stop(): Promise<void>;
}

/** Starts a worker of the checkout, and waits until it is ready. Makes the folder, and writes into it. */
export async function deploy(options: {
  readonly checkout: Checkout;
  readonly org: ServedOrg;
  readonly temporal: Temporal;
  readonly folder: string;
  /** The connection's name, which no other deployment on this server has. */
  readonly connection: string;
  /** The keys of the config's `index` without its path. Default: those of an index file. */
  readonly engine?: string | undefined;
}): Promise<Deployment> {
  const { checkout, org, temporal, folder, connection, engine = 'engine: sqlite' } = options;
  const { client } = temporal;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'config.yaml');
  const index = join(folder, 'index.db');
  writeFileSync(
    config,
    `connection: ${connection}
base_url: ${org.url}
client_id: sandbox
client_secret: sandbox
cron-spec: "0 0 1 1 *"
complete_backfill_frequency: 100000
data_dir: ${JSON.stringify(join(folder, 'data'))}
index: { ${engine}, path: ${JSON.stringify(index)} }
`,
  );
  writeFileSync(join(folder, 'temporal.toml'), `[profile.default]\naddress = "${temporal.address}"\n`);
  await runCommand(checkout, ['apply', '--config', config]);

  const delayFile = join(folder, 'loop-delay.json');
  const preload = new URL('./loop-delay.js', import.meta.url).href;
  const worker = await supervise(
    process.execPath,
    ['--import', preload, checkout.program, 'worker', '--config', config],
    { log: join(folder, 'worker.log'), env: { ...neutralEnvironment(), [LOOP_DELAY_FILE]: delayFile } },
  );
  if (worker.pid === 0) throw new Error(`a worker could not be started; see ${worker.log}`);
  await waitFor(`the worker that logs to ${worker.log}`, async () => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueueOf(connection) },
      taskQueueType: 2,
    });
    return (pollers ?? []).length > 0;
  });

  /** Returns the delays since the last call. */
  async function loopDelay(): Promise<LoopDelay> {
    rmSync(delayFile, { force: true });
    process.kill(worker.pid, 'SIGUSR2');
    return waitFor('the delay of the event loop', async () => readJson(delayFile));
  }

  async function measured(run: () => Promise<{ seconds: number; records: number }>): Promise<RunFigures> {
    await org.clearRequests();
    await loopDelay();
    const before = { worker: usageOf(worker.pid), sandbox: usageOf(org.pid) };
    const { seconds, records } = await run();
    const after = { worker: usageOf(worker.pid), sandbox: usageOf(org.pid) };
    return {
      seconds,
      records,
      workerCpuSeconds: after.worker.cpuSeconds - before.worker.cpuSeconds,
      sandboxCpuSeconds: after.sandbox.cpuSeconds - before.sandbox.cpuSeconds,
      workerPeakMegabytes: after.worker.peakMegabytes,
      apiCalls: await org.apiCalls(),
      indexMegabytes: statSync(index).size / 2 ** 20,
      loopDelay: await loopDelay(),
    };
  }

  const schedule = client.schedule.getHandle(scheduleIdOf(connection));
  const lastRun = async () => (await schedule.describe()).info.recentActions.at(-1)?.action.workflow ?? null;

  return {
    checkout,
    index,
    completeBackfill: () =>
      measured(async () => {
        const printed = await runCommand(checkout, ['backfill', '--config', config, '--wait', '--json']);
        const { seconds, progress } = JSON.parse(printed) as Ended;
        return { seconds, records: recordsIn(progress) };
      }),
    incrementalRun: () =>
      measured(async () => {
        const before = await lastRun();
        await schedule.trigger();
        const { workflowId } = await waitFor('the triggered run', async () => {
          const last = await lastRun();
          return last?.firstExecutionRunId === before?.firstExecutionRunId ? null : last;
        });
        const run = client.workflow.getHandle(workflowId);
        const { kind, progress } = (await run.result()) as Ended & { readonly kind: string };
        if (kind !== 'incremental') throw new Error(`the run was ${kind}`);
        const { startTime, closeTime } = await run.describe();
        return { seconds: (Number(closeTime) - Number(startTime)) / 1_000, records: recordsIn(progress) };
      }),
    stop: () => worker.stop(),
  };
}

interface Ended {
  readonly seconds: number;
  readonly progress: Readonly<Record<string, { readonly read?: number }>>;
}

function recordsIn(progress: Ended['progress']): number {
  return Object.values(progress).reduce((sum, { read = 0 }) => sum + read, 0);
}

function readJson(file: string): LoopDelay | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LoopDelay;
  } catch {
    return null;
  }
}
