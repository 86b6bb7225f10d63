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

/** A run that waits or continues as a new execution more often than this would do so forever. */
const MOST_TIMES = 100;

/** Calls an activity. Throws what the activity throws. */
type CallActivity = (name: keyof Activities, input: unknown, cancelled: AbortSignal) => Promise<unknown>;

export interface InProcessOptions {
  readonly workflowId: string;
  readonly input: SyncInput;
  readonly call: CallActivity;
  /** Calls of activities after which the run continues as a new execution. Null: its history never grows long. */
  readonly continueEvery: number | null;
  /** The run behaves as if an older version had begun it. */
  readonly sendsCheckpoints: boolean;
  sendCheckpoint(checkpoint: Checkpoint): void;
  /** What happens while the run waits. The wait itself takes no time, but advances the run's clock. */
  whileWaiting(ms: number): Promise<void>;
  show(memo: RunMemo): void;
  /** What the run passes to its next execution. */
  continued(carried: Carried): void;
}

/** A run in this process, without a Temporal server: the program of SyncWorkflow, activity by activity. */
export interface InProcessRun {
  /** Fails as the workflow would. */
  readonly result: Promise<SyncResult>;
  /** Its waits for a limit of the org, in milliseconds. */
  readonly waits: readonly number[];
  /** The executions that it needed. */
  executions(): number;
  /** What the activity threw that ended the run. Undefined: none threw. */
  cause(): unknown;
  /** Advances the run's clock to the next tick, and beyond it. */
  advance(ms: number): void;
  cancel(): void;
}

/** The end of an execution that another one follows. */
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
  /** Activity calls of this execution. */
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
      // The end of a run comes before its finish.
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

/** As Temporal passes it on. */
function asPayload<Value>(value: Value): Value {
  return defaultPayloadConverter.fromPayload(defaultPayloadConverter.toPayload(value));
}

/** As a workflow sees what an activity has thrown. */
function activityFailure(name: string, error: unknown): ActivityFailure {
  const told = defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
  const cause = defaultFailureConverter.failureToError(told, defaultPayloadConverter);
  return new ActivityFailure('Activity task failed', name, '1', 'NON_RETRYABLE_FAILURE', 'by-hand', cause);
}
