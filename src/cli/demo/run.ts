import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type Config, loadConfig } from '../../config/load.ts';
import { hasCredentials } from '../../config/serve.ts';
import { UserError } from '../../errors.ts';
import { compareHome } from '../../home/check-home.ts';
import { homeFile } from '../../home/home-file.ts';
import type { IndexLocation } from '../../index/location.ts';
import { whenFree } from '../../process/ports.ts';
import { Stopped, stopOnSignals } from '../../process/stop.ts';
import { createSalesforce } from '../../salesforce/client.ts';
import { fetchTemporal } from '../../temporal/binaries.ts';
import { connectClient, temporalSettings } from '../../temporal/connect.ts';
import { type EndedRun, followRuns, RunFailedError, type Runs } from '../../temporal/follow-runs.ts';
import { applySchedule } from '../../temporal/schedule.ts';
import { type DevServer, startDevServer } from '../../temporal/server.ts';
import { liveProgress } from '../live-progress.ts';
import { reportError } from '../report-error.ts';
import { binaryOf, readGivenKeys } from './given-config.ts';
import { demoOrg } from './org.ts';
import {
  generated,
  keepRunning,
  startGenerator,
  startSandbox,
  startServer,
  startWorker,
  typedSearch,
} from './parts.ts';
import { indexedLines, laterLine, runLine, searchLines } from './report.ts';
import { openState, writeConfig } from './state.ts';
import { tourLines, tourPeople } from './tour.ts';

export interface DemoOptions {
  /** End after one complete and one incremental run. */
  readonly once?: true;
  readonly org?: string;
  /** A config file whose keys replace the demo's. */
  readonly config?: string;
  readonly temporalPort?: number;
  readonly uiPort?: number;
  readonly sandboxPort?: number;
  readonly pagePort?: number;
}

type Stoppable = { stop(): Promise<void> };

const { line: say, show, clear } = liveProgress(process.stderr);
const print = (lines: readonly string[]): void => {
  clear();
  process.stdout.write(`${lines.join('\n')}\n`);
};

/**
 * Runs every part on this machine. Ends after two runs with `--once`, otherwise at SIGINT, SIGTERM or SIGHUP. Leaves no
 * process behind.
 *
 * @throws UserError if a part cannot be started or ends on its own; with `--once` also if a run failed
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  // For this process and all its children: the Temporal server also creates files, and has no option for their mode.
  process.umask(0o077);
  const org = await demoOrg(options.org);
  const given = options.config === undefined ? {} : await readGivenKeys(options.config);
  const state = await openState(org.connection);
  const stop = stopOnSignals();
  // Promises, so that parts that are still starting are also stopped. After a stop, nothing is started.
  const started: Promise<Stoppable>[] = [];
  const ended = <T extends Stoppable>(start: () => Promise<T>): Promise<T> => {
    stop.signal.throwIfAborted();
    const starting = start();
    started.push(starting);
    return starting;
  };
  try {
    await Promise.race([chain(), stop.stopped]);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (options.once) process.exitCode = error.exitCode;
  } finally {
    stop.now();
    if (started.length > 0) say('Stopping …');
    for (const starting of started.toReversed()) await starting.then((part) => part.stop()).catch(() => {});
    state.release();
    stop.dispose();
  }

  async function chain(): Promise<void> {
    const before = existsSync(state.configFile) ? await loadConfig(state.configFile) : null;
    const { signal } = stop;
    const configured = binaryOf(given) ?? before?.temporal.binary ?? null;
    const binary = await fetchTemporal('temporal', { configured, say, signal });
    if (org.isGenerated) await generated(await ended(() => startGenerator(org.folder, state)));
    const server = { binary, database: state.path('temporal.db'), log: state.path('temporal.log') };
    const [temporal, sandbox] = await Promise.all([
      ended(() => startDevServer({ ...server, port: options.temporalPort, uiPort: options.uiPort })),
      ended(() => startSandbox(org.folder, state, options.sandboxPort)),
    ]);
    const webUi = `${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows`;
    say(
      `Sandbox org ${org.folder} at ${sandbox.baseUrl}; Temporal at ${temporal.address}, with its Web UI at ${webUi}`,
    );
    await writeConfig(state, org, { baseUrl: sandbox.baseUrl, temporalAddress: temporal.address, given });
    const config = await loadConfig(state.configFile);
    // Never closed, because closing it during a call that waits to retry throws from a timer. The process's exit ends
    // it.
    const client = await connectClient(temporalSettings(config.file, {}));
    await checkDemoHome(client, config, org.folder);
    const worker = await ended(() => startWorker(state));

    say(`Schedule: ${(await applySchedule(client, config)).join('; ')} (${config.cronSpec} ${config.timezone})`);
    const runs = followRuns(client, config.connection, { say, show, signal });
    const isUnderWay = await runs.passOver();
    await runs.forceComplete();

    const serveAgain = ({ address, uiUrl }: DevServer) =>
      ended(async () =>
        startDevServer({
          ...server,
          port: await whenFree(portOf(`http://${address}`)),
          uiPort: await whenFree(portOf(uiUrl)),
        }),
      );
    const parts = Promise.race([
      keepRunning('Temporal server', temporal, serveAgain, say),
      keepRunning(
        'sandbox',
        sandbox,
        ({ baseUrl }) => ended(async () => startSandbox(org.folder, state, await whenFree(portOf(baseUrl)))),
        say,
      ),
      keepRunning('worker', worker, () => ended(() => startWorker(state)), say),
    ]);
    try {
      await Promise.race([twoRuns(runs, isUnderWay, config.index), parts]);
      print(['', `Web UI: ${webUi}${options.once ? ' (only while it runs: npm start without --once)' : ''}`]);
      print(await searches(config.index));
    } catch (error) {
      if (options.once || !(error instanceof RunFailedError)) throw error;
      reportError(error);
    }
    if (options.once) return;
    const people = hasCredentials(config.serve) ? null : org.isGenerated ? await tourPeople(org.folder) : [];
    const page = await ended(() => startServer(state, people, options.pagePort));
    const pageAgain = ({ url }: typeof page) =>
      ended(async () => startServer(state, people, await whenFree(portOf(url))));
    print(['', `Search page: ${page.url}`]);
    say('\nThe Schedule continues; Ctrl-C stops everything.');
    const pages = keepRunning('server of the search page', page, pageAgain, say);
    await Promise.race([reportRuns(client, config.connection, signal), parts, pages]);
  }

  async function searches(index: IndexLocation): Promise<string[]> {
    const typed = typedSearch(index, state.configFile);
    if (org.isGenerated) return tourLines(index, org.folder, typed);
    return ['Search as a user:', ...(await searchLines(index, org.folder, typed))];
  }
}

/**
 * Refuses another org or another home. A demo starts over by deleting its folder, because nothing else in it is worth
 * keeping.
 */
async function checkDemoHome(client: Client, config: Config, orgFolder: string): Promise<void> {
  const check = await compareHome(client, config, createSalesforce(config));
  const folder = dirname(config.file);
  const startOver = `delete ${folder} to start over.`;
  if (check.state === 'other-organization')
    throw new UserError(
      `${orgFolder} is now organization ${check.answered}, but the last start indexed ${check.remembered.organizationId}: ${startOver}`,
    );
  if (check.state === 'other-home')
    throw new UserError(`${homeFile(config.index)} is not the file of the last start: ${startOver}`);
}

const AWAY_MS = 1_000;

const portOf = (url: string): number => Number(new URL(url).port);

/** Waits for one complete backfill that began after this start, and then for the next run. */
async function twoRuns(runs: Runs, isUnderWay: boolean, index: IndexLocation): Promise<void> {
  if (isUnderWay) say('A run from the last start finishes first.');
  // A run that was under way serves this start's request only if it began after it: a missed tick that was caught up.
  let complete = isUnderWay ? await unlessFailed(runs.next()) : await runs.next();
  while (complete?.result.kind !== 'complete' || !(await runs.isServed())) complete = await runs.next();
  print(await indexedLines(index, complete));
  await runs.trigger();
  let later = await runs.next();
  while (later.result.outcome !== 'completed') later = await runs.next();
  print([laterLine(later)]);
}

/** Prints a line for every run that the Schedule starts from now on. Never resolves. */
async function reportRuns(client: Client, connection: string, signal: AbortSignal): Promise<never> {
  // If lines cannot be redrawn, one for each run is enough.
  const runs = followRuns(client, connection, { say, show: process.stderr.isTTY ? show : () => {}, signal });
  await runs.passOver();
  for (;;) {
    try {
      const run = await unlessFailed(runs.nextByItself());
      if (run !== null) print([runLine(run)]);
    } catch (error) {
      // The Temporal server does not answer while it restarts.
      if (signal.aborted) throw error;
      await sleep(AWAY_MS, undefined, { signal });
    }
  }
}

/** Waits for a run. Reports a failed one instead of throwing, because it does not belong to this start. */
async function unlessFailed(run: Promise<EndedRun>): Promise<EndedRun | null> {
  try {
    return await run;
  } catch (error) {
    if (!(error instanceof RunFailedError)) throw error;
    clear();
    reportError(error);
    return null;
  }
}
