import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import type { ForRun } from '../../activities/results.ts';
import { createSelections } from '../../activities/selections.ts';
import type { Config } from '../../src/config.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { createSalesforce, type SalesforceOptions } from '../../src/salesforce/client.ts';
import {
  beginRun,
  checkpoint,
  finishRun,
  forceCompleteBackfill,
  NEW_CONNECTION,
} from '../../workflows/connection-state.ts';
import type { BeginRun, ConnectionState, FinishRun, RunPlan } from '../../workflows/contract.ts';

/** What happens while a complete backfill is under way. */
interface DuringBackfill {
  /** Called after each slice with the number of slices so far; what it throws ends the run as failed. */
  readonly afterSlice?: (slices: number) => Promise<void>;
  /** An incremental pass after each slice, as where a slice outlasts a tick. */
  readonly passes?: boolean;
}

/** A sync of one org into an index file of its own, run by run, without a Temporal server. */
export interface HandSync {
  /** The index file. */
  readonly path: string;
  /** What the connection remembers between the runs. */
  state(): ConnectionState;
  /** What the next tick would do. */
  run(during?: DuringBackfill): Promise<RunPlan>;
  /** The same, where it must be an incremental run. */
  incremental(): Promise<void>;
  /** A complete backfill, asked for. */
  complete(during?: DuringBackfill): Promise<void>;
  /** A complete backfill that fails after so many slices; the next run goes on with it. */
  completeInterrupted(afterSlices: number): Promise<void>;
  /** The next run, where it must go on with an interrupted backfill. */
  resume(): Promise<void>;
  /** Removes the index file. */
  close(): void;
}

class Interruption extends Error {}

/**
 * Syncs the org by the worker's own activities, in the order of `workflows/`, one run after another; what
 * ConnectionWorkflow decides is decided by the same pure functions. Many times faster than a Temporal server, and so for
 * tests of what lands in the index; what a run survives is tested with a server. `complete.test.ts` holds that both ask
 * the org for the same.
 *
 * @param settings those of the config file, by their name in `Config`; slices are small unless they say otherwise
 * @param options the client's, such as shorter limits; `attempts`: how often an activity is tried, as Temporal would
 */
export function syncByHand(
  baseUrl: string,
  settings: Partial<Config> = {},
  { attempts = 1, ...client }: Partial<SalesforceOptions> & { readonly attempts?: number } = {},
): HandSync {
  const folder = mkdtempSync(join(tmpdir(), 'by-hand-'));
  const config: Config = { ...DEFAULTS, baseUrl, dataDir: folder, ...pathIn(folder), ...settings };
  const salesforce = createSalesforce({ ...config, ...client });
  const activities = createActivities({ config, salesforce, selections: createSelections(salesforce, config.objects) });
  const { connection, completeBackfillFrequency } = config;
  let state = NEW_CONNECTION;

  /** As much of Temporal's client as the activities use: the messages to ConnectionWorkflow. */
  const temporal = {
    withAbortSignal: <T>(_signal: AbortSignal, work: () => Promise<T>) => work(),
    workflow: {
      async executeUpdateWithStart(_update: unknown, { args: [begin] }: { args: [BeginRun] }) {
        const begun = beginRun(state, begin);
        state = begun.state;
        return begun.answer;
      },
      getHandle: () => ({
        async executeUpdate(_update: unknown, { args: [finish] }: { args: [FinishRun] }) {
          state = finishRun(state, finish);
        },
      }),
    },
  };
  const logger = new DefaultLogger('ERROR');
  const environment = new MockActivityEnvironment({}, { client: temporal as unknown as Client, logger });
  async function call<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await environment.run<[Input], Output, (input: Input) => Promise<Output>>(activity, input);
      } catch (error) {
        const isFinal = !(error instanceof ApplicationFailure) || error.nonRetryable === true;
        if (isFinal || attempt >= attempts) throw error;
      }
    }
  }

  async function run(during: DuringBackfill = {}): Promise<RunPlan> {
    const key = randomUUID();
    const { organizationId } = await call(activities.authenticate, { connection });
    const begin = { connection, key, workflowId: key, organizationId, completeBackfillFrequency };
    const begun = await call(activities.beginRun, begin);
    if (begun.kind === 'skipped') throw new Error(begun.headline);
    const { plan } = begun;
    const ticket: ForRun = { connection, run: plan.run, indexId: plan.indexId, organizationId };
    const finish = (outcome: Pick<FinishRun, 'status' | 'backfillEnded' | 'completeNext'>) =>
      call(activities.finishRun, { connection, key, indexId: plan.indexId, headline: '', ...outcome });
    try {
      const contactsMoved = plan.backfill === null && (await incrementalPass(ticket, plan));
      if (plan.backfill !== null) await completeBackfill(ticket, key, plan, plan.backfill, during);
      const completeNext = contactsMoved ? 'the org-wide default of contacts has moved' : null;
      await finish({ status: 'completed', backfillEnded: plan.backfill !== null, completeNext });
      return plan;
    } catch (error) {
      await finish({ status: 'failed', backfillEnded: false, completeNext: null });
      throw error;
    }
  }

  async function refreshMembership(ticket: ForRun, plan: RunPlan): Promise<boolean> {
    const backfillStart = plan.backfill?.start ?? null;
    return (await call(activities.refreshMembership, { ...ticket, backfillStart })).contactsClosed;
  }

  async function incrementalPass(ticket: ForRun, plan: RunPlan): Promise<boolean> {
    const contactsClosed = await refreshMembership(ticket, plan);
    let round = await call(activities.readChanges, { ...ticket, before: null, streams: null });
    while (round.streams.length > 0) {
      round = await call(activities.readChanges, { ...ticket, before: round.before, streams: round.streams });
    }
    return contactsClosed;
  }

  async function completeBackfill(
    ticket: ForRun,
    key: string,
    plan: RunPlan,
    { start, positions: held, allowSweep = false }: NonNullable<RunPlan['backfill']>,
    { afterSlice, passes = false }: DuringBackfill,
  ): Promise<void> {
    const positions = { ...held };
    let contactsClosed = await refreshMembership(ticket, plan);
    let slices = 0;
    for (const object of OBJECT_NAMES) {
      while (positions[object]?.done !== true) {
        const { position } = await call(activities.backfillSlice, {
          ...ticket,
          object,
          start,
          from: positions[object] ?? null,
        });
        positions[object] = position;
        state = checkpoint(state, { key, object, position });
        slices += 1;
        await afterSlice?.(slices);
        if (passes) contactsClosed = await incrementalPass(ticket, plan);
      }
    }
    const unswept: string[] = [];
    for (const object of OBJECT_NAMES) {
      const { stopped } = await call(activities.sweep, { ...ticket, object, start, allowSweep });
      if (stopped !== null) unswept.push(object);
    }
    const contactsMixed = contactsClosed && unswept.includes('Contact');
    await call(activities.endBackfill, { ...ticket, contactsMixed });
    if (contactsClosed && !contactsMixed) await refreshMembership(ticket, plan);
  }

  async function complete(during?: DuringBackfill): Promise<void> {
    state = forceCompleteBackfill(state);
    await run(during);
  }

  return {
    path: config.index.path,
    state: () => state,
    run,
    async incremental() {
      const { kind, reason } = await run();
      if (kind !== 'incremental') throw new Error(`the run was complete: ${reason}`);
    },
    complete,
    async completeInterrupted(afterSlices) {
      const afterSlice = async (slices: number) => {
        if (slices === afterSlices) throw new Interruption();
      };
      const ended = await complete({ afterSlice }).catch((error: unknown) => error);
      if (ended === undefined) throw new Error(`the backfill has fewer than ${afterSlices} slices`);
      if (!(ended instanceof Interruption)) throw ended;
    },
    async resume() {
      const { reason } = await run();
      if (!reason.startsWith('goes on with the backfill')) throw new Error(`the run resumed nothing: ${reason}`);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const DEFAULTS: Omit<Config, 'baseUrl' | 'dataDir' | 'index'> = {
  file: 'config.yaml',
  connection: 'by-hand',
  credentials: async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' }),
  cronSpec: '*/10 * * * *',
  timezone: 'UTC',
  completeBackfillFrequency: 1_000,
  sliceRecords: 7,
  apiBudgetPercent: 100,
  pageSize: 200,
  sweepGuardPercent: 20,
  frozenUsers: 'closed',
  objects: {},
  temporal: { binary: null },
};

function pathIn(folder: string): Pick<Config, 'index'> {
  return { index: { engine: 'sqlite', path: join(folder, 'index.db') } };
}
