import { randomUUID } from 'node:crypto';
import {
  ActivityFailure,
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import type { Activities } from '../../workflows/activity-contract.ts';
import type { Carried } from '../../workflows/carried.ts';
import type { Checkpoint, RunMemo, SyncInput, SyncResult } from '../../workflows/contract.ts';
import { wrongArgument } from '../../workflows/message-forms.ts';
import type { RunActivities, RunHost } from '../../workflows/run-host.ts';
import { performRun } from '../../workflows/run-program.ts';

const NAMES = Object.keys({
  authenticate: true,
  askApiUsage: true,
  beginRun: true,
  finishRun: true,
  requestCompleteBackfill: true,
  refreshMembership: true,
  readChanges: true,
  backfillSlice: true,
  sweep: true,
  endBackfill: true,
} satisfies Record<keyof Activities, true>) as (keyof Activities)[];

/** A run that waits or goes on as a new execution more often would do so for ever. */
const MOST_TIMES = 100;

/** Calls an activity; throws what the activity throws. */
type CallActivity = (name: keyof Activities, input: unknown, cancelled: AbortSignal) => Promise<unknown>;

export interface InProcessOptions {
  readonly workflowId: string;
  readonly input: SyncInput;
  readonly call: CallActivity;
  /** Calls of activities after which the run goes on as a new execution; null: its history never grows long. */
  readonly continueEvery: number | null;
  /** It is a run that an older version began. */
  readonly sendsCheckpoints: boolean;
  sendCheckpoint(checkpoint: Checkpoint): void;
  /** What happens while the run waits. The wait itself takes no time, but moves the run's clock. */
  whileWaiting(ms: number): Promise<void>;
  show(memo: RunMemo): void;
  /** What the run hands on to its next execution. */
  continued(carried: Carried): void;
}

/** A run that this process performs, without a Temporal server: the program of SyncWorkflow, activity by activity. */
export interface InProcessRun {
  /** Fails as the workflow would. */
  readonly result: Promise<SyncResult>;
  /** Its waits for a limit of the org, in milliseconds. */
  readonly waits: readonly number[];
  /** Executions that it took. */
  executions(): number;
  /** What the activity threw that ended the run; undefined: none did. */
  cause(): unknown;
  /** Moves the run's clock: to the next tick, and beyond it. */
  advance(ms: number): void;
  cancel(): void;
}

/** The end of an execution, which another follows. */
class ContinuedAsNew extends Error {
  readonly carried: Carried;

  constructor(carried: Carried) {
    super('continued as new');
    this.carried = carried;
  }
}

export function runInProcess(options: InProcessOptions): InProcessRun {
  const { workflowId, input, continueEvery } = options;
  const cancellation = new AbortController();
  const waits: number[] = [];
  let shift = 0;
  let executions = 0;
  /** Of activities, by this execution. */
  let calls = 0;
  let isShielded = false;
  let cause: unknown;

  const isCancelled = () => cancellation.signal.aborted && !isShielded;

  async function call(name: keyof Activities, given: unknown): Promise<unknown> {
    if (isCancelled()) throw new CancelledFailure('Workflow cancelled');
    calls += 1;
    try {
      const signal = isShielded ? new AbortController().signal : cancellation.signal;
      return asPayload(await options.call(name, asPayload(given), signal));
    } catch (error) {
      // What ends a run comes before its finish.
      if (name !== 'finishRun') cause = error;
      throw activityFailure(name, error);
    }
  }

  const activities = Object.fromEntries(NAMES.map((name) => [name, (given: unknown) => call(name, given)]));

  function host(): RunHost {
    return {
      workflowId,
      runId: randomUUID(),
      activities: activities as unknown as RunActivities,
      sendsCheckpoints: options.sendsCheckpoints,
      now: () => Date.now() + shift,
      async sleep(ms) {
        waits.push(ms);
        if (waits.length > MOST_TIMES) throw new Error(`the run has waited ${MOST_TIMES} times`);
        shift += ms;
        if (!isCancelled()) await options.whileWaiting(ms);
        if (isCancelled()) throw new CancelledFailure('Timer cancelled');
      },
      keep: () => {},
      show: options.show,
      sendCheckpoint: async (_, checkpoint) => options.sendCheckpoint(asPayload(checkpoint)),
      isHistoryLong: () => continueEvery !== null && calls >= continueEvery,
      messagesHandled: async () => {},
      async continueAsNew(carried) {
        const payload = asPayload(carried);
        options.continued(payload);
        throw new ContinuedAsNew(payload);
      },
      async uncancelled(work) {
        isShielded = true;
        try {
          return await work();
        } finally {
          isShielded = false;
        }
      },
    };
  }

  async function perform(): Promise<SyncResult> {
    for (let carried: Carried | undefined; ; ) {
      const wrong = wrongArgument(input, carried);
      if (wrong !== null) throw new Error(`the run was started with a malformed argument: ${wrong}`);
      executions += 1;
      if (executions > MOST_TIMES) throw new Error(`the run has had ${MOST_TIMES} executions`);
      calls = 0;
      try {
        return await performRun(host(), input, carried);
      } catch (error) {
        if (!(error instanceof ContinuedAsNew)) throw error;
        ({ carried } = error);
      }
    }
  }

  return {
    result: perform(),
    waits,
    executions: () => executions,
    cause: () => cause,
    advance(ms) {
      shift += ms;
    },
    cancel: () => cancellation.abort(),
  };
}

/** As Temporal hands it on. */
function asPayload<Value>(value: Value): Value {
  return defaultPayloadConverter.fromPayload(defaultPayloadConverter.toPayload(value));
}

/** As a workflow gets to know what an activity has thrown. */
function activityFailure(name: string, error: unknown): ActivityFailure {
  const told = defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
  const cause = defaultFailureConverter.failureToError(told, defaultPayloadConverter);
  return new ActivityFailure('Activity task failed', name, '1', 'NON_RETRYABLE_FAILURE', 'by-hand', cause);
}
