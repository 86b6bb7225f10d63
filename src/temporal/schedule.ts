import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { SYNC_WORKFLOW, type SyncInput, scheduleIdOf, taskQueueOf } from '../../workflows/contract.ts';
import { tickSeconds } from '../config/cron.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';

/** The part of a Config that the Schedule is made from. */
export type ScheduleConfig = Pick<Config, 'connection' | 'cronSpec' | 'timezone' | 'completeBackfillFrequency'>;

type SyncSchedule = ScheduleOptions<ScheduleOptionsStartWorkflowAction<(input: SyncInput) => Promise<unknown>>>;

/** With SKIP, an outage of any length costs one run when it ends. A shorter window would only lose that run. */
const CATCHUP_MS = 365 * 24 * 3_600_000;

/**
 * Creates the connection's Schedule, or updates the existing one. (If it were deleted and created again, it would not
 * know the run that is under way.) A paused Schedule remains paused. What is already right is not changed.
 *
 * @returns what was done: `['created']`, `['unchanged']`, or one `what old → new` for each difference
 */
export async function applySchedule(client: Client, config: ScheduleConfig): Promise<string[]> {
  const wanted = scheduleOptions(config);
  const handle = client.schedule.getHandle(wanted.scheduleId);
  const present = await found(client, config.connection);
  if (present === null) {
    try {
      await client.schedule.create(wanted);
      return ['created'];
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) return applySchedule(client, config);
      throw error;
    }
  }
  const changes = differences(present, wanted);
  if (changes.length === 0) return ['unchanged'];
  const { scheduleId: _, ...options } = wanted;
  await handle.update(({ state }) => ({
    ...options,
    state: {
      paused: state.paused,
      ...(state.note === undefined ? {} : { note: state.note }),
      ...(state.remainingActions === undefined ? {} : { remainingActions: state.remainingActions }),
    },
  }));
  return changes;
}

/**
 * Describes the connection's Schedule.
 *
 * @throws UserError if nothing was applied yet
 */
export async function describeSchedule(client: Client, connection: string): Promise<ScheduleDescription> {
  const description = await found(client, connection);
  if (description !== null) return description;
  throw new UserError(
    `There is no Schedule ${scheduleIdOf(connection)} yet: run \`salesforce-connector apply\` with this config file first.`,
  );
}

async function found(client: Client, connection: string): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(scheduleIdOf(connection)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/**
 * Returns the five fields that a Schedule was made from, or a phrase that says why there are none. Null: it has no
 * times.
 */
export function cronSpecOf({ spec }: ScheduleDescription): string | null {
  return spec.calendars?.map(({ comment }) => comment || '(set by someone else)').join(' | ') || null;
}

/**
 * Has the Schedule start a run now; right after the current one if one is under way. Names the policy, because a
 * trigger without one starts a second run beside the first.
 */
export async function triggerRun(client: Client, connection: string): Promise<void> {
  await client.schedule.getHandle(scheduleIdOf(connection)).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

function scheduleOptions(config: ScheduleConfig): SyncSchedule {
  const { connection, completeBackfillFrequency } = config;
  return {
    scheduleId: scheduleIdOf(connection),
    // The server compiles the expression. Only its comment retains the original text, for the Web UI and for the next
    // apply.
    spec: { cronExpressions: [`${config.cronSpec} # ${config.cronSpec}`], timezone: config.timezone },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_MS },
    action: {
      type: 'startWorkflow',
      workflowType: SYNC_WORKFLOW,
      workflowId: scheduleIdOf(connection),
      taskQueue: taskQueueOf(connection),
      staticSummary: `A sync run of ${connection}: its memo says the kind, the outcome and the counts`,
      args: [{ connection, completeBackfillFrequency, tickSeconds: tickSeconds(config.cronSpec, config.timezone) }],
    },
  };
}

function differences(present: ScheduleDescription, wanted: SyncSchedule): string[] {
  const is = facts(cronSpecOf(present) ?? 'none', present);
  const shouldBe = facts(wanted.spec.cronExpressions?.[0]?.split(' # ')[1] ?? '', wanted);
  return Object.keys(shouldBe).flatMap((name) =>
    is[name] === shouldBe[name] ? [] : [`${name} ${is[name]} → ${shouldBe[name]}`],
  );
}

/** Returns what can differ, under names that the user knows. */
function facts(
  cronSpec: string,
  { spec, policies, action }: ScheduleDescription | SyncSchedule,
): Record<string, string> {
  const { completeBackfillFrequency, ...input } = ((action.args ?? [])[0] ?? {}) as Partial<SyncInput>;
  return {
    'cron-spec': cronSpec,
    timezone: spec.timezone || 'UTC',
    complete_backfill_frequency: `${completeBackfillFrequency}`,
    overlap: `${policies?.overlap}`,
    'catch-up window': `${Number(policies?.catchupWindow) / 1000} s`,
    'pause on failure': `${policies?.pauseOnFailure ?? false}`,
    'task queue': action.taskQueue ?? '',
    workflow: `${action.workflowType} ${action.workflowId}`,
    connection: `${input.connection}`,
    'shortest time between two runs': `${input.tickSeconds} s`,
    'other times': `${(spec.intervals?.length ?? 0) + (spec.skip?.length ?? 0)}`,
  };
}
