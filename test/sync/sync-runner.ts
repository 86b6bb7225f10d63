import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ApplicationFailure } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { createSchemaResolver, type SchemaResolver } from '../../activities/schema-resolver.ts';
import { storedPositions } from '../../activities/stored-position.ts';
import type { Config } from '../../src/config/load.ts';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import type { LostField } from '../../src/facts/problems.ts';
import { type OpenRunStore, openIndexReader, openRunStore } from '../../src/index/open.ts';
import type { ObjectName } from '../../src/objects/index.ts';
import { createSalesforce, type Salesforce, type SalesforceOptions } from '../../src/salesforce/client.ts';
import type { ResolvedSchema } from '../../src/sync/resolved-schema.ts';
import type { Activities, ForRun } from '../../workflows/activity-contract.ts';
import {
  beginRun,
  checkpoint,
  finishRun,
  forceCompleteBackfill,
  NEW_CONNECTION,
} from '../../workflows/connection-state.ts';
import type {
  BeginRun,
  ConnectionState,
  FinishRun,
  ForceRequest,
  RunMemo,
  RunPlan,
  SyncInput,
  SyncResult,
} from '../../workflows/contract.ts';
import { wrongInBeginRun, wrongInFinishRun } from '../../workflows/message-forms.ts';
import { STARTING } from '../../workflows/run-memo.ts';
import { type WholeState, wholeState } from '../index/whole-state.ts';
import { type InProcessRun, runInProcess } from './in-process-run.ts';

/** A run that has succeeded: its plan, and what it reports about itself. */
export interface CompletedRun extends Pick<RunPlan, 'kind' | 'reason'> {
  readonly plan: RunPlan;
  readonly counts: RunMemo['progress'];
  readonly warnings: readonly string[];
  readonly gaps: readonly CoverageGap[];
  readonly lostFields: readonly LostField[];
  /** What the workflow would return. */
  readonly result: SyncResult;
  /** The activities that it called, in order. */
  readonly calls: readonly (keyof Activities)[];
  /** The executions that it needed. */
  readonly executions: number;
  /** Its waits for a limit of the org, in milliseconds. */
  readonly waits: readonly number[];
}

/** A slice of a complete backfill that has just been read. */
export interface Slice {
  /** Counts from 1, over all objects. */
  readonly number: number;
  readonly object: ObjectName;
  /** Makes a tick come due: the run makes an incremental pass before its next slice. */
  tick(): void;
}

/** What happens during a run. */
interface Meanwhile {
  /** Called after each slice. If it throws, the run ends as failed. */
  readonly afterSlice?: (slice: Slice) => Promise<void>;
  /** Called after each incremental pass, with the pass's messages for the operator. */
  readonly afterPass?: (warnings: readonly string[]) => Promise<void>;
  /** Called while the run waits for a limit of the org. The wait takes no time. */
  readonly whileWaiting?: (ms: number) => Promise<void>;
}

/** A sync of one org into an index file of its own, run by run, without a Temporal server. */
export interface SyncRunner {
  /** The index file. */
  readonly path: string;
  /** What the connection remembers between the runs. */
  state(): ConnectionState;
  indexState(): Promise<WholeState>;
  /** What the next tick would do. A failed run throws what its activity threw. */
  run(meanwhile?: Meanwhile): Promise<CompletedRun>;
  /** The same, but fails unless the run is incremental. */
  incremental(): Promise<CompletedRun>;
  /** A complete backfill on request. */
  complete(meanwhile?: Meanwhile, request?: ForceRequest): Promise<CompletedRun>;
  /** A complete backfill that fails after this many slices. The next run resumes it. */
  completeInterrupted(afterSlices: number): Promise<void>;
  /** The next run. Fails unless it resumes an interrupted backfill. */
  resume(): Promise<void>;
  /** The last memo of the last run. */
  memo(): RunMemo;
  /** Cancels the current run. */
  cancel(): void;
  /** Restarts the worker's process, perhaps with other settings. */
  restart(settings?: Partial<Config>): void;
  /** The ids that the user finds by the words. */
  found(as: string, words?: string): Promise<string[]>;
  /** Calls an activity with any argument, like anyone who can write to the Temporal namespace. */
  call(name: keyof Activities, input: unknown): Promise<unknown>;
  /** The arguments of the last run's activities. */
  fence(): ForRun;
  /** Changes what the connection remembers. */
  tamper(change: (state: ConnectionState) => ConnectionState): void;
  /** Removes the index file. */
  close(): void;
}

class Interruption extends Error {}

/** As the Schedule below has it. */
const TICK_SECONDS = 600;
const A_SECOND_MS = 1_000;
const TRIES_IN_A_SECOND = 5;

/**
 * Syncs the org with the worker's own activities and the workflow's own program, one run after another. The same pure
 * functions decide what ConnectionWorkflow decides. This is many times faster than a Temporal server, and so serves
 * tests of what the index contains. Tests of what a run survives use a server. `complete.test.ts` verifies that both
 * send the org the same requests.
 *
 * @param settings the settings of the config file, by their name in `Config`. Slices are small unless the settings say
 * otherwise.
 * @param options the client's, such as shorter limits. `attempts`: how often an activity is tried, as Temporal would
 * do. `select`: changes the usual selection of the worker, as a faulty version would. `through`: what the worker calls
 * instead of the org's client. `continueEvery`: calls of activities after which a run continues as a new execution.
 * `sendsCheckpoints`: runs behave as if an older version had begun them. `onStored`: receives what Temporal would
 * store. `slicesMs`: the time after which an activity begins no further slice. Without it each takes one. `openStore`: opens the
 * run store, perhaps with another engine.
 */
export function createSyncRunner(
  baseUrl: string,
  settings: Partial<Config> = {},
  {
    attempts = 1,
    select = (usual) => usual,
    through = (salesforce) => salesforce,
    continueEvery = null,
    sendsCheckpoints = false,
    onStored = () => {},
    slicesMs = 0,
    openStore = openRunStore,
    ...client
  }: Partial<SalesforceOptions> & {
    readonly attempts?: number;
    readonly select?: (usual: ResolvedSchema) => ResolvedSchema;
    readonly through?: (salesforce: Salesforce) => Salesforce;
    readonly continueEvery?: number | null;
    readonly sendsCheckpoints?: boolean;
    readonly onStored?: (what: string, value: unknown) => void;
    readonly slicesMs?: number;
    readonly openStore?: OpenRunStore;
  } = {},
): SyncRunner {
  const folder = mkdtempSync(join(tmpdir(), 'sync-runner-'));
  let config: Config = { ...DEFAULTS, baseUrl, dataDir: folder, ...pathIn(folder), ...settings };
  let activities = worker();
  let state = NEW_CONNECTION;

  function worker(): Activities {
    const salesforce = through(createSalesforce({ ...config, ...client }));
    const usual = createSchemaResolver(config);
    const describe: SchemaResolver['describe'] = async (...asked) => {
      const described = await usual.describe(...asked);
      return { ...described, schema: select(described.schema) };
    };
    return createActivities({ config, salesforce, schemas: { ...usual, describe }, slicesMs, openStore });
  }

  /** The part of Temporal's client that the activities use: the messages to ConnectionWorkflow. */
  const temporal = {
    withAbortSignal: <T>(_signal: AbortSignal, work: () => Promise<T>) => work(),
    withDeadline: <T>(_deadline: number, work: () => Promise<T>) => work(),
    workflow: {
      async executeUpdateWithStart(_update: unknown, { args: [begin] }: { args: [BeginRun] }) {
        refuse(wrongInBeginRun(begin));
        const begun = beginRun(state, begin);
        state = begun.state;
        onStored('update beginRun', begin);
        onStored('answer of beginRun', begun.answer);
        onStored('state', state);
        return begun.answer;
      },
      getHandle: () => ({
        async executeUpdate(_update: unknown, { args: [finish] }: { args: [FinishRun] }) {
          refuse(wrongInFinishRun(finish));
          state = finishRun(state, finish);
          onStored('update finishRun', finish);
          onStored('state', state);
        },
        query: async () => state,
      }),
    },
  };
  const logger = new DefaultLogger('ERROR');
  let lastFence: ForRun | null = null;
  let memo: RunMemo = STARTING;
  let underWay: InProcessRun | null = null;
  async function call(name: keyof Activities, input: unknown, cancelled?: AbortSignal): Promise<unknown> {
    const activity = activities[name] as (input: unknown) => Promise<unknown>;
    for (let attempt = 1; ; attempt += 1) {
      const info = { attempt };
      const environment = new MockActivityEnvironment(info, { client: temporal as unknown as Client, logger });
      const cancel = () => environment.cancel('CANCELLED');
      cancelled?.addEventListener('abort', cancel, { once: true });
      try {
        return await environment.run(activity, input);
      } catch (error) {
        const isFinal = !(error instanceof ApplicationFailure) || error.nonRetryable === true;
        // A worker that has just started knows the org's time only to the second.
        const most =
          !isFinal && error.type === 'StaleMembershipError' ? Math.max(attempts, TRIES_IN_A_SECOND) : attempts;
        if (isFinal || attempt >= most) throw error;
        if (attempt >= attempts) await delay(A_SECOND_MS / TRIES_IN_A_SECOND);
      } finally {
        cancelled?.removeEventListener('abort', cancel);
      }
    }
  }

  async function run({ afterSlice, afterPass, whileWaiting }: Meanwhile = {}): Promise<CompletedRun> {
    const { connection, completeBackfillFrequency } = config;
    const input: SyncInput = { connection, completeBackfillFrequency, tickSeconds: TICK_SECONDS };
    let plan: RunPlan | null = null;
    const calls: (keyof Activities)[] = [];
    let number = 0;
    let passWarnings: string[] = [];
    const listen: Listen = {
      async beginRun(begun) {
        if (begun.kind === 'skipped') return;
        ({ plan } = begun);
        const { run, indexId, organizationId } = plan;
        lastFence = { connection, run, indexId, organizationId };
      },
      async backfillSlice(_, { object }) {
        number += 1;
        await afterSlice?.({ number, object, tick: () => underWay?.advance(TICK_SECONDS * 1_000) });
      },
      async readChanges({ streams, warnings = [] }) {
        passWarnings.push(...warnings);
        if (streams.length > 0) return;
        await afterPass?.(passWarnings);
        passWarnings = [];
      },
    };
    const begun = runInProcess({
      workflowId: randomUUID(),
      input,
      continueEvery,
      sendsCheckpoints,
      async call(name, given, cancelled) {
        calls.push(name);
        const output = await call(name, given, cancelled);
        onStored(`input of ${name}`, given);
        onStored(`output of ${name}`, output);
        await (listen[name] as ((output: unknown, input: unknown) => Promise<void>) | undefined)?.(output, given);
        return output;
      },
      sendCheckpoint(reached) {
        state = checkpoint(state, reached);
      },
      whileWaiting: async (ms) => whileWaiting?.(ms),
      show(next) {
        memo = next;
        onStored('memo', next);
      },
      continued(carried) {
        onStored('carried', carried);
      },
    });
    underWay = begun;
    const result = await begun.result.catch((error: unknown) => {
      throw causeIn(error, begun);
    });
    if (plan === null) throw new Error(result.headline);
    const { kind, reason }: RunPlan = plan;
    const { progress: counts, warnings, gaps, lostFields = [] } = result;
    const said = { counts, warnings, gaps: gaps ?? [], lostFields, result };
    return { plan, kind, reason, ...said, calls, executions: begun.executions(), waits: begun.waits };
  }

  async function indexState(): Promise<WholeState> {
    const store = await openStore({ index: config.index, create: false });
    try {
      return await wholeState(store);
    } finally {
      await store.close();
    }
  }

  async function complete(meanwhile?: Meanwhile, request?: ForceRequest): Promise<CompletedRun> {
    state = forceCompleteBackfill(state, request);
    return run(meanwhile);
  }

  return {
    path: config.index.path,
    state: () => state,
    indexState,
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
      const { backfill: open } = await indexState();
      const { plan } = await run();
      const goesOn =
        open !== null &&
        plan.backfill?.start === open.start &&
        isDeepStrictEqual(plan.backfill.positions, storedPositions(open.positions));
      if (!goesOn) throw new Error(`the run resumed nothing: ${plan.reason}`);
    },
    memo: () => memo,
    cancel: () => underWay?.cancel(),
    restart(other = {}) {
      config = { ...config, ...other };
      activities = worker();
    },
    async found(as, words = '') {
      const index = await openIndexReader({ index: config.index });
      try {
        return await index.ids(words, { as });
      } finally {
        await index.close();
      }
    },
    call,
    fence() {
      if (lastFence === null) throw new Error('no run has been admitted yet');
      return lastFence;
    },
    tamper(change) {
      state = change(state);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Refuses a message like ConnectionWorkflow. */
function refuse(wrong: string | null): void {
  if (wrong !== null) throw ApplicationFailure.nonRetryable(`${wrong} is malformed`, 'MalformedMessage');
}

/** Collects a record of each successful activity call. */
type Listen = {
  readonly [Name in keyof Activities]?: (
    output: Awaited<ReturnType<Activities[Name]>>,
    input: Parameters<Activities[Name]>[0],
  ) => Promise<void>;
};

/** What the activity threw that made the run fail, with everything that tests check. The run keeps only its message. */
function causeIn(error: unknown, run: InProcessRun): unknown {
  const cause = run.cause();
  const isOfActivity = error instanceof ApplicationFailure && error.type === 'RunFailed' && cause instanceof Error;
  return isOfActivity && cause.message === error.message ? cause : error;
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
  serve: {
    jwt: null,
    login: null,
    url: null,
    origins: [],
    tokensFile: null,
    requestsPerMinute: 600,
    searchesAtOnce: 64,
  },
  notify: async () => null,
};

function pathIn(folder: string): Pick<Config, 'index'> {
  return { index: { engine: 'sqlite', path: join(folder, 'index.db') } };
}
