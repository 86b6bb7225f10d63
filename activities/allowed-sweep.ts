import { Context } from '@temporalio/activity';
import type { ConnectionWorkflow } from '../workflows/connection.ts';
import { connectionStatusQuery, connectionWorkflowId } from '../workflows/contract.ts';

/** A live worker answers well within this time. */
const ANSWER_MS = 30_000;

/**
 * Reports whether the connection's workflow has an open backfill with that start, and a request with `--allow-sweep`
 * for it. Without an answer the result is false: the guard then retains documents, and removing them later is easier
 * than restoring them.
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
    log.warn('The sweep guard stays on: the connection has no request that lets the sweep of this backfill bypass it');
  } catch (error) {
    log.warn("The sweep guard stays on: the connection's workflow did not say whether the sweep may bypass it", {
      error,
    });
  }
  return false;
}
