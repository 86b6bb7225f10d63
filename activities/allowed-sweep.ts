import { Context } from '@temporalio/activity';
import type { ConnectionWorkflow } from '../workflows/connection.ts';
import { connectionStatusQuery, connectionWorkflowId } from '../workflows/contract.ts';

/** A worker that lives answers well within it. */
const ANSWER_MS = 30_000;

/**
 * Whether the connection's workflow has an open backfill of that start for which somebody asked with `--allow-sweep`. Where
 * it does not answer, nobody did: the guard then keeps documents, which is undone more easily than their loss.
 */
export async function sweepIsAllowed(connection: string, start: string): Promise<boolean> {
  const { client, log } = Context.current();
  try {
    const { openBackfill } = await client.withDeadline(Date.now() + ANSWER_MS, () =>
      client.workflow
        .getHandle<typeof ConnectionWorkflow>(connectionWorkflowId(connection))
        .query(connectionStatusQuery),
    );
    if (openBackfill?.start === start && openBackfill.allowSweep === true) return true;
    log.warn('The sweep guard stays: the connection knows of no request that lets the sweep of this backfill pass it');
  } catch (error) {
    log.warn("The sweep guard stays: the connection's workflow did not say whether the sweep may pass it", { error });
  }
  return false;
}
