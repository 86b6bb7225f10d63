import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { askToBegin, forceCompleteBackfill } from '../../src/temporal/connection-workflow.ts';
import { CONNECTION_WORKFLOW, SYNC_WORKFLOW } from '../../workflows/contract.ts';
import * as workflows from '../../workflows/index.ts';
import { beginMessage } from '../workflows/begin-message.ts';

/** What the client was asked to do. */
async function sentBy(work: (client: Client) => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const sent: Record<string, unknown>[] = [];
  const workflow = {
    signalWithStart: async (type: string, options: object) => void sent.push({ type, ...options }),
    executeUpdateWithStart: async (
      update: { name: string },
      { startWorkflowOperation: start, args }: { startWorkflowOperation: Start; args: unknown[] },
    ) => void sent.push({ type: start.workflowTypeOrFunc, ...start.options, update: update.name, updateArgs: args }),
  };
  await work({ workflow } as unknown as Client);
  return sent;
}
interface Start {
  readonly workflowTypeOrFunc: string;
  readonly options: object;
}

const STARTED = {
  type: 'ConnectionWorkflow',
  workflowId: 'salesforce-connection/sales',
  taskQueue: 'salesforce-connector/sales',
  workflowIdConflictPolicy: 'USE_EXISTING',
  staticSummary: 'Remembers what the runs of a connection share: run number, watermarks, open backfill',
  args: [],
};

it("everyone who sends the first message to the connection's workflow starts it in the same way", async () => {
  const begin = beginMessage();
  expect(await sentBy((client) => forceCompleteBackfill(client, 'sales', { allowSweep: true }))).toEqual([
    { ...STARTED, signal: 'forceCompleteBackfill', signalArgs: [{ allowSweep: true }] },
  ]);
  expect(await sentBy((client) => askToBegin(client, 'sales', begin))).toEqual([
    { ...STARTED, update: 'beginRun', updateArgs: [begin] },
  ]);
});

it('workflows have the names that start them', () => {
  expect(Object.keys(workflows).toSorted()).toEqual([CONNECTION_WORKFLOW, SYNC_WORKFLOW].toSorted());
});
