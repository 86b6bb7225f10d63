import type { Client } from '@temporalio/client';
import { scheduleIdOf } from '../../workflows/contract.ts';
import { describeSchedule } from './schedule.ts';

export interface Paused {
  readonly wasPaused: boolean;
  readonly note: string;
  /** Workflow ids of the runs that continue until they end. */
  readonly underWay: readonly string[];
}

export interface Resumed {
  readonly wasPaused: boolean;
  readonly nextRunAt: Date | null;
}

const PAUSED_NOTE = 'paused by salesforce-connector';
const RESUMED_NOTE = 'resumed by salesforce-connector';

/**
 * Stops the Schedule from starting runs. A run that is under way continues. If it is already paused, only a new note
 * changes it.
 *
 * @throws UserError if nothing was applied yet
 */
export async function pauseSchedule(client: Client, connection: string, note: string | undefined): Promise<Paused> {
  const { state, info } = await describeSchedule(client, connection);
  const kept = state.paused ? (state.note ?? '') : PAUSED_NOTE;
  const wanted = note ?? kept;
  if (!state.paused || wanted !== kept) await client.schedule.getHandle(scheduleIdOf(connection)).pause(wanted);
  return {
    wasPaused: state.paused,
    note: wanted,
    underWay: info.runningActions.map(({ workflow }) => workflow.workflowId),
  };
}

/**
 * Lets the Schedule start runs again. Missed ticks are not made up for: the next run reads from the watermarks, however
 * old they are.
 *
 * @throws UserError if nothing was applied yet
 */
export async function resumeSchedule(client: Client, connection: string): Promise<Resumed> {
  const { state } = await describeSchedule(client, connection);
  if (state.paused) await client.schedule.getHandle(scheduleIdOf(connection)).unpause(RESUMED_NOTE);
  const { info } = await describeSchedule(client, connection);
  return { wasPaused: state.paused, nextRunAt: info.nextActionTimes[0] ?? null };
}
