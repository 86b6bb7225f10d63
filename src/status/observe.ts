import type { Client } from '@temporalio/client';
import type { ConnectionHome, ConnectionState, RunMemo, SyncInput } from '../../workflows/contract.ts';
import { cronProblem } from '../config/cron.ts';
import type { Config } from '../config/load.ts';
import { homeHere, isOtherHome } from '../home/check-home.ts';
import { damageOf } from '../index/open.ts';
import { indexExists } from '../index/removal.ts';
import { connectionIsOpen, connectionStateWithin } from '../temporal/connection-workflow.ts';
import { failureOf, type PastFailure, type PastRun, pastRuns } from '../temporal/past-runs.ts';
import { rememberedHome } from '../temporal/remembered-home.ts';
import { type RunningRun, runningRun } from '../temporal/running-run.ts';
import { cronSpecOf, describeSchedule } from '../temporal/schedule.ts';
import { nextTimes, scheduleTimes } from '../temporal/schedule-times.ts';
import { type Polling, polling } from '../temporal/workers.ts';

/** What Temporal reports about a connection. Only `state` needs a worker. */
export interface Observed {
  readonly now: Date;
  readonly connection: string;
  readonly schedule: {
    readonly cronSpec: string;
    readonly timezone: string;
    readonly completeBackfillFrequency: number;
    readonly paused: boolean;
    readonly note: string;
    readonly createdAt: Date;
    readonly nextRunAt: Date | null;
  };
  /** The Schedule's times from Temporal: those since a run last succeeded or progressed, and those to come. */
  readonly times: { readonly past: readonly Date[]; readonly next: readonly Date[] };
  readonly worker: Polling;
  /** Null: no worker answered, or no run has ever begun. */
  readonly state: ConnectionState | null;
  /**
   * Somebody ended the ConnectionWorkflow, or deleted the index's file. The next run is complete, and creates it again.
   */
  readonly lost: 'connection' | 'index' | null;
  /** The connection's index if it is not the config's. Null: it is, or that is unknown. */
  readonly otherHome: ConnectionHome | null;
  /** How the index's file is damaged. Null: a quick check found nothing, or the file is on another machine. */
  readonly indexDamage: string | null;
  readonly running: RunningRun | null;
  /** The last ended runs, the last begun first. */
  readonly lastRuns: readonly PastRun[];
  readonly lastSuccess: PastRun | null;
  /** The number of failed runs since the last success, with why the last one failed. Null: there are none. */
  readonly failures: ({ readonly count: number; readonly first: PastRun } & PastFailure) | null;
  readonly lastFailure: PastRun | null;
  /** Made by runs that ended in the last 24 hours or are under way. */
  readonly apiCalls: number;
}

const DAY_MS = 86_400_000;
const SHOWN_RUNS = 8;
/** A run every minute makes 1,440 a day. */
const MOST_RUNS = 3_000;
/** A live worker answers at once. A killed one leaves the query waiting. */
const ANSWER_MS = 4_000;

/**
 * Reads everything that Temporal knows about a connection.
 *
 * @param asksWorker whether to query a worker for the state between runs
 * @throws UserError if nothing was applied yet
 */
export async function observe(
  client: Client,
  config: Config,
  { asksWorker }: { asksWorker: boolean } = { asksWorker: true },
): Promise<Observed> {
  const { connection } = config;
  const now = new Date();
  const description = await describeSchedule(client, connection);
  const { paused, note } = description.state;
  const input = ((description.action.args ?? [])[0] ?? {}) as Partial<SyncInput>;
  const cronSpec = cronSpecOf(description) ?? '';
  const frequency = input.completeBackfillFrequency ?? config.completeBackfillFrequency;
  const worker = await polling(client, connection, now);
  const isOpen = await connectionIsOpen(client, connection);
  const state =
    asksWorker && worker.isPolled && isOpen ? await connectionStateWithin(client, connection, ANSWER_MS) : null;
  const running = await runningRun(client, description);
  const otherHome = await otherHomeOf(client, config, worker.isHere);
  const { lastRuns, apiCalls } = await recentRuns(client, connection, now);
  const lastSuccess = await latest(client, connection, lastRuns, 'completed');
  return {
    now,
    connection,
    schedule: {
      cronSpec: cronProblem(cronSpec) === null ? cronSpec : config.cronSpec,
      timezone: description.spec.timezone || 'UTC',
      completeBackfillFrequency: frequency,
      paused,
      note: note ?? '',
      createdAt: description.info.createdAt,
      nextRunAt: description.info.nextActionTimes[0] ?? null,
    },
    times: {
      past: await scheduleTimes(client, connection, lastMoved(description.info.createdAt, lastSuccess, running), now),
      next: await nextTimes(client, connection, description.info.nextActionTimes, frequency, now),
    },
    worker: { ...worker, isPolled: worker.isPolled && state !== 'unanswered' },
    state: state === 'unanswered' ? null : state,
    lost: lostOf({
      runs: lastRuns,
      isOpen,
      hasIndex: otherHome !== null || !worker.isHere || indexExists(config.index),
    }),
    otherHome,
    indexDamage: worker.isHere ? await damageOf(config.index) : null,
    running,
    lastRuns: lastRuns.slice(0, SHOWN_RUNS),
    lastSuccess,
    failures: await failuresSince(client, connection, lastSuccess),
    lastFailure: await latest(client, connection, lastRuns, 'failed'),
    apiCalls: apiCalls + (running?.memo.apiCalls ?? 0),
  };
}

function lastMoved(createdAt: Date, lastSuccess: PastRun | null, running: RunningRun | null): Date {
  const times = [createdAt, lastSuccess?.endedAt, running?.progressAt];
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}

/**
 * Returns the connection's home if it is another. A machine without the worker need not have the index, so a missing
 * home means nothing there.
 */
async function otherHomeOf(client: Client, config: Config, isHere: boolean): Promise<ConnectionHome | null> {
  const remembered = await rememberedHome(client, config.connection);
  if (remembered === null) return null;
  const here = await homeHere(config);
  if (here.id === null && !isHere) return null;
  return (await isOtherHome(config, remembered, here)) ? remembered : null;
}

/** Returns what is lost. Before the first run there is neither. */
function lostOf(facts: { runs: readonly PastRun[]; isOpen: boolean; hasIndex: boolean }): Observed['lost'] {
  if (!facts.runs.some(({ memo }) => typeof memo.run === 'number')) return null;
  if (!facts.hasIndex) return 'index';
  return facts.isOpen ? null : 'connection';
}

/** Returns the most complete memo: of the run under way, or of the last one that was admitted. */
export function newestMemo({ running, lastRuns, lastSuccess }: Observed): Partial<RunMemo> | null {
  const memos = [running?.memo, ...lastRuns.map(({ memo }) => memo), lastSuccess?.memo];
  return memos.find((memo) => typeof memo?.run === 'number') ?? null;
}

async function recentRuns(client: Client, connection: string, now: Date) {
  const lastRuns: PastRun[] = [];
  let apiCalls = 0;
  let seen = 0;
  for await (const run of pastRuns(client, connection, 'all')) {
    const isToday = now.getTime() - run.endedAt.getTime() < DAY_MS;
    if ((!isToday && lastRuns.length >= SHOWN_RUNS) || seen >= MOST_RUNS) break;
    seen += 1;
    if (isToday) apiCalls += run.memo.apiCalls ?? 0;
    lastRuns.push(run);
  }
  return { lastRuns, apiCalls };
}

async function latest(
  client: Client,
  connection: string,
  known: readonly PastRun[],
  outcome: 'completed' | 'failed',
): Promise<PastRun | null> {
  const found = known.find((run) => run.outcome === outcome);
  if (found !== undefined) return found;
  for await (const run of pastRuns(client, connection, outcome)) if (run.outcome === outcome) return run;
  return null;
}

async function failuresSince(
  client: Client,
  connection: string,
  success: PastRun | null,
): Promise<Observed['failures']> {
  const failed: PastRun[] = [];
  for await (const run of pastRuns(client, connection, 'failed')) {
    if ((success !== null && run.endedAt < success.endedAt) || failed.length >= MOST_RUNS) break;
    failed.push(run);
  }
  const [last, first] = [failed[0], failed.at(-1)];
  if (!last || !first) return null;
  return { count: failed.length, first, ...(await failureOf(client, last)) };
}
