import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { ConnectionState, ForceRequest, RunMemo } from '../../workflows/contract.ts';
import { UserError } from '../errors.ts';
import { connectionStateWithin, forceCompleteBackfill } from './connection-workflow.ts';
import { type BegunRun, type FollowOptions, followRuns, RunFailedError } from './follow-runs.ts';
import { describeSchedule } from './schedule.ts';
import { polling } from './workers.ts';

export interface BeginBackfillOptions extends ForceRequest {
  /** Wait for earlier runs to end, however long it takes. */
  readonly patient: boolean;
  readonly say: (line: string) => void;
  readonly show: FollowOptions['show'];
  /** Called once the request is made. Nothing can cancel it. */
  readonly asked: () => void;
}

/** The result of the request: a backfill that serves it, or the run that it waits for. */
export type Requested =
  | { readonly state: 'begun'; readonly run: BegunRun; readonly memo: RunMemo }
  | { readonly state: 'queued'; readonly behind: BegunRun; readonly memo: RunMemo };

/** A live worker answers, and begins a run, well within these times. */
const ANSWER_MS = 20_000;
const BEGIN_MS = 60_000;
const POLL_MS = 500;
/** Most incremental runs end sooner. */
const IMPATIENT_MS = 30_000;

/**
 * Requests a complete backfill, has the Schedule start it, and waits until a run that serves the request has begun. A
 * run that was already under way does not serve it; this waits for its end.
 *
 * @throws UserError if there is no Schedule, if no run begins, or if the run first waits for a limit of the org;
 *   RunFailedError with the run's own message
 */
export async function beginBackfill(
  client: Client,
  connection: string,
  { patient, say, show, asked, allowSweep }: BeginBackfillOptions,
): Promise<Requested> {
  await describeSchedule(client, connection);
  const givenUp = new AbortController();
  const runs = followRuns(client, connection, { say, show, signal: givenUp.signal });
  let wasUnderWay = await runs.passOver();
  try {
    await forceCompleteBackfill(client, connection, allowSweep ? { allowSweep } : {});
    asked();
    await runs.trigger();
    const request = await requestNumber();
    for (;;) {
      const run = await within(BEGIN_MS, runs.begun());
      if (run === 'late') throw await notBegun();
      const memo = await planOf(run);
      if (memo === null) {
        // The run ended before it was admitted: skipped or failed. A failure of an earlier run says nothing about the
        // request.
        await run.ended().catch((error: unknown) => {
          if (!(wasUnderWay && error instanceof RunFailedError)) throw error;
        });
      } else if (!memo.kind) {
        throw new UserError(`The request is recorded, but ${run.workflowId} is ${memo.headline}.`);
      } else if (memo.kind === 'complete' && isServed(await connectionNow(), request)) {
        return { state: 'begun', run, memo };
      } else {
        say(`The request waits for run ${memo.run} (${run.workflowId}), which began before it.`);
        const ended = run.ended().catch((error: unknown) => {
          if (!(error instanceof RunFailedError)) throw error;
          say(error.message);
        });
        if ((await within(patient ? null : IMPATIENT_MS, unlessStuck(run, ended))) === 'late') {
          givenUp.abort();
          return { state: 'queued', behind: run, memo };
        }
      }
      wasUnderWay = false;
    }
  } catch (error) {
    // Pending waits would keep the process alive.
    givenUp.abort();
    throw error;
  }

  async function planOf(run: BegunRun): Promise<RunMemo | null> {
    const planned = unlessStuck(run, run.planned());
    for (;;) {
      const memo = await within(BEGIN_MS, planned);
      if (memo !== 'late') return memo;
      const { isPolled } = await polling(client, connection, new Date());
      if (!isPolled || !(await run.isAtWork())) throw await notBegun();
      const waits = `${run.workflowId} has no answer from the org yet`;
      if (!patient) throw new UserError(`The request is recorded, but ${waits}: see \`salesforce-connector status\`.`);
      say(`${waits}, and keeps trying.`);
    }
  }

  /**
   * Waits for the work. An impatient caller gets an error at once if the org does not answer; a patient one also waits
   * for the org.
   */
  async function unlessStuck<T>(run: BegunRun, work: Promise<T>): Promise<T> {
    if (patient) return work;
    const over = new AbortController();
    const stuck = run.stuck(over.signal).then(({ message }) => {
      throw new UserError(
        `The request is recorded. The backfill starts once ${run.workflowId} continues, which is retrying: ${message}`,
      );
    });
    return Promise.race([work, stuck]).finally(() => over.abort());
  }

  async function requestNumber(): Promise<number> {
    const deadline = Date.now() + ANSWER_MS;
    do {
      // A worker may be just starting.
      const { isPolled } = await polling(client, connection, new Date());
      if (isPolled) return (await connectionNow()).forceRequests;
      await sleep(POLL_MS);
    } while (Date.now() < deadline);
    throw await notBegun();
  }

  async function connectionNow(): Promise<ConnectionState> {
    const answer = await connectionStateWithin(client, connection, ANSWER_MS);
    if (answer === null || answer === 'unanswered') throw await notBegun();
    return answer;
  }

  async function notBegun(): Promise<UserError> {
    const { taskQueue, isPolled } = await polling(client, connection, new Date());
    return new UserError(
      isPolled
        ? `The request is recorded, but nothing has started yet, although a worker has just polled ${taskQueue}: if it was stopped, start it; otherwise see its log and \`salesforce-connector status\`.`
        : `The request is recorded, but no worker polls ${taskQueue}: start one with \`salesforce-connector worker\`, and the backfill starts.`,
    );
  }
}

/** Reports whether the open backfill, or one that has ended, began after the request. */
function isServed({ openBackfill, forceRequestsServed }: ConnectionState, request: number): boolean {
  return Math.max(forceRequestsServed, openBackfill?.servesRequests ?? 0) >= request;
}

/** Returns the result of the work, or `'late'` after a time; null: never late. */
async function within<T>(ms: number | null, work: Promise<T>): Promise<T | 'late'> {
  if (ms === null) return work;
  // Nobody handles a late rejection.
  work.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((done) => {
    timer = setTimeout(done, ms, 'late');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
