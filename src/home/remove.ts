import { rm } from 'node:fs/promises';
import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { connectionWorkflowId, scheduleIdOf } from '../../workflows/contract.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { engineIndexName, indexName } from '../index/location.ts';
import { IndexUnavailableError } from '../index/port/errors.ts';
import { indexExists, removeEmptyFolder, removeIndex } from '../index/removal.ts';
import { rememberedHome } from '../temporal/remembered-home.ts';
import { refuseOtherHome } from './check-home.ts';
import { homeFile, notifiedFile } from './home-file.ts';

export interface RemovedPart {
  readonly what: string;
  readonly wasThere: boolean;
}

const REASON = 'salesforce-connector remove';

/**
 * Removes a connection's Schedule, a run under way, ConnectionWorkflow, and the index with its home. The order matters:
 * an earlier part could create a later one again. After a crash, the next call removes the rest.
 *
 * @throws UserError if the connection's index is elsewhere
 */
export async function removeConnection(client: Client, config: Config): Promise<RemovedPart[]> {
  const { connection, index } = config;
  const remembered = await rememberedHome(client, connection);
  await refuseOtherHome(config, remembered);

  const scheduleId = scheduleIdOf(connection);
  const running = await runningIds(client, scheduleId);
  const removed: RemovedPart[] = [
    { what: `Schedule ${scheduleId}`, wasThere: await unlessGone(client.schedule.getHandle(scheduleId).delete()) },
  ];
  for (const workflowId of [...running, connectionWorkflowId(connection)]) {
    const wasThere = await unlessGone(client.workflow.getHandle(workflowId).terminate(REASON));
    removed.push({ what: `Workflow ${workflowId}`, wasThere });
  }
  const hasIndex = indexExists(index);
  let engineHadIt: boolean | null;
  try {
    engineHadIt = await removeIndex(index);
    await rm(notifiedFile(index), { force: true });
    await rm(homeFile(index), { force: true });
  } catch (error) {
    if (error instanceof IndexUnavailableError)
      throw new UserError(
        `The Schedule and the workflows were removed, but the index was not. ${error.message} Then run this command again.`,
      );
    throw new UserError(
      `The Schedule and the workflows were removed, but the index ${indexName(index)} was not (${(error as NodeJS.ErrnoException).code}): correct the permissions of its folder, and run this command again.`,
    );
  }
  // The folder remains if it has other files, such as the demo's config.
  await removeEmptyFolder(index);
  removed.push({ what: `Index ${indexName(index)}`, wasThere: hasIndex });
  const inEngine = engineIndexName(index);
  if (inEngine !== null) removed.push({ what: `Indexes ${inEngine}`, wasThere: engineHadIt === true });
  return removed;
}

async function runningIds(client: Client, scheduleId: string): Promise<string[]> {
  try {
    const { info } = await client.schedule.getHandle(scheduleId).describe();
    return info.runningActions.map(({ workflow }) => workflow.workflowId);
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return [];
    throw error;
  }
}

/** Reports whether it existed. */
async function unlessGone(removing: Promise<unknown>): Promise<boolean> {
  try {
    await removing;
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError || error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
