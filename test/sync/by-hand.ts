import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type Activities, createActivities } from '../../activities/index.ts';
import type { ReadChanges } from '../../activities/records.ts';
import type { ForRun } from '../../activities/results.ts';
import { createSelections, type Selections } from '../../activities/selections.ts';
import type { Config } from '../../src/config.ts';
import { heldFields } from '../../src/index/held-fields.ts';
import { openIndexReader, openIndexWriter } from '../../src/index/open.ts';
import type { IndexState } from '../../src/index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../../src/objects/index.ts';
import { createSalesforce, type Salesforce, type SalesforceOptions } from '../../src/salesforce/client.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../src/sync/counts.ts';
import type { LostField } from '../../src/sync/lost-fields.ts';
import type { Selection } from '../../src/sync/selection.ts';
import {
  beginRun,
  checkpoint,
  finishRun,
  forceCompleteBackfill,
  NEW_CONNECTION,
} from '../../workflows/connection-state.ts';
import type { BeginRun, ConnectionState, FinishRun, ForceRequest, RunPlan } from '../../workflows/contract.ts';

/** What a run or a pass did to documents, and what it tells the operator. */
export interface Done {
  readonly counts: Partial<Record<ObjectName, Counts>>;
  readonly warnings: readonly string[];
  readonly closed: readonly string[];
}

/** A run: why it was what it was, and what it did. */
export type HandRun = Pick<RunPlan, 'kind' | 'reason'> & Done & { readonly lostFields: readonly LostField[] };

/** A slice of a complete backfill that has just been read. */
export interface Slice {
  /** From 1, over all objects. */
  readonly number: number;
  readonly object: ObjectName;
  /** An incremental pass inside the backfill, as where a slice outlasts a tick. */
  pass(): Promise<Done>;
}

/** What happens while a complete backfill is under way. */
interface DuringBackfill {
  /** Called after each slice; what it throws ends the run as failed. */
  readonly afterSlice?: (slice: Slice) => Promise<void>;
}

/** A sync of one org into an index file of its own, run by run, without a Temporal server. */
export interface HandSync {
  /** The index file. */
  readonly path: string;
  /** What the connection remembers between the runs. */
  state(): ConnectionState;
  indexState(): Promise<IndexState>;
  /** What the next tick would do. */
  run(during?: DuringBackfill): Promise<HandRun>;
  /** The same, where it must be an incremental run. */
  incremental(): Promise<HandRun>;
  /** A complete backfill, asked for. */
  complete(during?: DuringBackfill, request?: ForceRequest): Promise<HandRun>;
  /** A complete backfill that fails after so many slices; the next run goes on with it. */
  completeInterrupted(afterSlices: number): Promise<void>;
  /** The next run, where it must go on with an interrupted backfill. */
  resume(): Promise<void>;
  /** The worker's process starts anew, perhaps with other settings. */
  restart(settings?: Partial<Config>): void;
  /** The ids that the user finds by the words. */
  found(as: string, words?: string): Promise<string[]>;
  /** Calls an activity with any argument, as whoever can write to the Temporal namespace may. */
  call(name: keyof Activities, input: unknown): Promise<unknown>;
  /** What the activities of the last run were given. */
  ticket(): ForRun;
  /** Makes what the connection remembers something else. */
  tamper(change: (state: ConnectionState) => ConnectionState): void;
  /** Removes the index file. */
  close(): void;
}

class Interruption extends Error {}

const A_SECOND_MS = 1_000;
const TRIES_IN_A_SECOND = 5;

/**
 * Syncs the org by the worker's own activities, in the order of `workflows/`, one run after another; what
 * ConnectionWorkflow decides is decided by the same pure functions. Many times faster than a Temporal server, and so for
 * tests of what lands in the index; what a run survives is tested with a server. `complete.test.ts` holds that both ask
 * the org for the same.
 *
 * @param settings those of the config file, by their name in `Config`; slices are small unless they say otherwise
 * @param options the client's, such as shorter limits; `attempts`: how often an activity is tried, as Temporal would;
 *   `select`: what the worker makes of the usual selection, as a faulty version would; `through`: what the worker asks
 *   in place of the org's client
 */
export function syncByHand(
  baseUrl: string,
  settings: Partial<Config> = {},
  {
    attempts = 1,
    select = (usual) => usual,
    through = (salesforce) => salesforce,
    ...client
  }: Partial<SalesforceOptions> & {
    readonly attempts?: number;
    readonly select?: (usual: Selection) => Selection;
    readonly through?: (salesforce: Salesforce) => Salesforce;
  } = {},
): HandSync {
  const folder = mkdtempSync(join(tmpdir(), 'by-hand-'));
  let config: Config = { ...DEFAULTS, baseUrl, dataDir: folder, ...pathIn(folder), ...settings };
  let activities = worker();
  let state = NEW_CONNECTION;

  function worker(): Activities {
    const salesforce = through(createSalesforce({ ...config, ...client }));
    const usual = createSelections(salesforce, config.objects, () => heldFields(config.index.path));
    const describe: Selections['describe'] = async (signal) => {
      const described = await usual.describe(signal);
      return { ...described, selection: select(described.selection) };
    };
    return createActivities({ config, salesforce, selections: { ...usual, describe } });
  }

  /** As much of Temporal's client as the activities use: the messages to ConnectionWorkflow. */
  const temporal = {
    withAbortSignal: <T>(_signal: AbortSignal, work: () => Promise<T>) => work(),
    withDeadline: <T>(_deadline: number, work: () => Promise<T>) => work(),
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
        query: async () => state,
      }),
    },
  };
  const logger = new DefaultLogger('ERROR');
  let lastTicket: ForRun | null = null;
  async function call<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> {
    for (let attempt = 1; ; attempt += 1) {
      const info = { attempt };
      const environment = new MockActivityEnvironment(info, { client: temporal as unknown as Client, logger });
      try {
        return await environment.run<[Input], Output, (input: Input) => Promise<Output>>(activity, input);
      } catch (error) {
        const isFinal = !(error instanceof ApplicationFailure) || error.nonRetryable === true;
        // A worker that has just started knows the org's time to the second.
        const most =
          !isFinal && error.type === 'StaleMembershipError' ? Math.max(attempts, TRIES_IN_A_SECOND) : attempts;
        if (isFinal || attempt >= most) throw error;
        if (attempt >= attempts) await delay(A_SECOND_MS / TRIES_IN_A_SECOND);
      }
    }
  }

  async function run(during: DuringBackfill = {}): Promise<HandRun> {
    const { connection, completeBackfillFrequency } = config;
    const key = randomUUID();
    const { organizationId } = await call(activities.authenticate, { connection });
    const begin = { connection, key, workflowId: key, organizationId, completeBackfillFrequency };
    const begun = await call(activities.beginRun, begin);
    if (begun.kind === 'skipped') throw new Error(begun.headline);
    const { plan } = begun;
    const ticket: ForRun = { connection, run: plan.run, indexId: plan.indexId, organizationId };
    lastTicket = ticket;
    const finish = (outcome: Pick<FinishRun, 'status' | 'backfillEnded' | 'completeNext'>) =>
      call(activities.finishRun, { connection, key, indexId: plan.indexId, headline: '', ...outcome });
    try {
      const { contactsClosed, ...done } =
        plan.backfill === null
          ? await incrementalPass(ticket, plan)
          : await completeBackfill(ticket, key, plan, plan.backfill, during);
      const backfillEnded = plan.backfill !== null;
      const completeNext = contactsClosed && !backfillEnded ? 'the org-wide default of contacts has moved' : null;
      const { closed = [] } = await finish({ status: 'completed', backfillEnded, completeNext });
      const warnings = [...(begun.warnings ?? []), ...done.warnings];
      const { lostFields = [] } = begun;
      const said = { warnings, lostFields, closed: [...done.closed, ...closed] };
      return { kind: plan.kind, reason: plan.reason, ...done, ...said };
    } catch (error) {
      await finish({ status: 'failed', backfillEnded: false, completeNext: null });
      throw error;
    }
  }

  const refreshMembership = (ticket: ForRun, plan: RunPlan) =>
    call(activities.refreshMembership, { ...ticket, backfillStart: plan.backfill?.start ?? null });

  async function incrementalPass(ticket: ForRun, plan: RunPlan): Promise<Worked> {
    const { contactsClosed, closed } = await refreshMembership(ticket, plan);
    const counts: Partial<Record<ObjectName, Counts>> = {};
    const warnings: string[] = [];
    let from: Pick<ReadChanges, 'before' | 'streams'> = { before: null, streams: null };
    do {
      const round = await call(activities.readChanges, { ...ticket, before: from.before, streams: from.streams });
      for (const object of OBJECT_NAMES) add(counts, object, round.counts[object]);
      warnings.push(...(round.warnings ?? []));
      from = round;
    } while (from.streams?.length !== 0);
    return { contactsClosed, counts, warnings, closed };
  }

  async function completeBackfill(
    ticket: ForRun,
    key: string,
    plan: RunPlan,
    { start, positions: held, allowSweep = false, objects = OBJECT_NAMES }: NonNullable<RunPlan['backfill']>,
    { afterSlice }: DuringBackfill,
  ): Promise<Worked> {
    const positions = { ...held };
    const counts: Partial<Record<ObjectName, Counts>> = {};
    const warnings: string[] = [];
    const begun = objects === OBJECT_NAMES ? null : await incrementalPass(ticket, plan);
    let { contactsClosed, closed } = begun ?? (await refreshMembership(ticket, plan));
    warnings.push(...(begun?.warnings ?? []));
    const pass = async (): Promise<Done> => {
      const passed = await incrementalPass(ticket, plan);
      ({ contactsClosed, closed } = passed);
      warnings.push(...passed.warnings);
      return passed;
    };
    let number = 0;
    for (const object of objects) {
      while (positions[object]?.done !== true) {
        const from = positions[object] ?? null;
        const slice = await call(activities.backfillSlice, { ...ticket, object, start, from });
        positions[object] = slice.position;
        state = checkpoint(state, { key, object, position: slice.position });
        add(counts, object, slice.counts);
        number += 1;
        await afterSlice?.({ number, object, pass });
      }
    }
    const unswept: string[] = [];
    for (const object of objects) {
      const { removed, stopped } = await call(activities.sweep, { ...ticket, object, start, allowSweep });
      add(counts, object, { ...NO_COUNTS, removed });
      if (stopped !== null) unswept.push(object);
    }
    const contactsMixed = contactsClosed && unswept.includes('Contact');
    await call(activities.endBackfill, { ...ticket, contactsMixed });
    if (contactsClosed && !contactsMixed) ({ closed } = await refreshMembership(ticket, plan));
    return { contactsClosed, counts, warnings, closed };
  }

  async function complete(during?: DuringBackfill, request?: ForceRequest): Promise<HandRun> {
    state = forceCompleteBackfill(state, request);
    return run(during);
  }

  return {
    path: config.index.path,
    state: () => state,
    async indexState() {
      const index = await openIndexWriter({ path: config.index.path, create: false });
      try {
        return await index.state();
      } finally {
        await index.close();
      }
    },
    run,
    async incremental() {
      const done = await run();
      if (done.kind !== 'incremental') throw new Error(`the run was complete: ${done.reason}`);
      return done;
    },
    complete,
    async completeInterrupted(afterSlices) {
      const afterSlice = async ({ number }: Slice) => {
        if (number === afterSlices) throw new Interruption();
      };
      const ended = await complete({ afterSlice }).catch((error: unknown) => error);
      if (ended === undefined) throw new Error(`the backfill has fewer than ${afterSlices} slices`);
      if (!(ended instanceof Interruption)) throw ended;
    },
    async resume() {
      const { reason } = await run();
      if (!reason.startsWith('goes on with the backfill')) throw new Error(`the run resumed nothing: ${reason}`);
    },
    restart(other = {}) {
      config = { ...config, ...other };
      activities = worker();
    },
    async found(as, words = '') {
      const index = await openIndexReader({ path: config.index.path });
      try {
        return await index.ids(words, { as });
      } finally {
        await index.close();
      }
    },
    call: (name, input) => call(activities[name] as (input: unknown) => Promise<unknown>, input),
    ticket() {
      if (lastTicket === null) throw new Error('no run was admitted yet');
      return lastTicket;
    },
    tamper(change) {
      state = change(state);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface Worked extends Done {
  readonly contactsClosed: boolean;
}

function add(sums: Partial<Record<ObjectName, Counts>>, object: ObjectName, counts = NO_COUNTS): void {
  sums[object] = addCounts(sums[object] ?? NO_COUNTS, counts);
}

const DEFAULTS: Omit<Config, 'baseUrl' | 'dataDir' | 'index'> = {
  file: 'config.yaml',
  connection: 'by-hand',
  auth: 'client_credentials',
  holdsSecret: false,
  privateKeyFile: null,
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
  metrics: { listen: null },
  notify: async () => null,
};

function pathIn(folder: string): Pick<Config, 'index'> {
  return { index: { engine: 'sqlite', path: join(folder, 'index.db') } };
}
