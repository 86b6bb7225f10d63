import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';
import type { TemporalSettings } from './connect.ts';
import { explained, type TemporalProblem, temporalError } from './errors.ts';

const EVERY_MS = 10_000;
const ANSWER_MS = 5_000;

/** Problems that waiting does not fix. Temporal's own pollers silently retry after these, too. */
const FINAL: ReadonlySet<TemporalProblem> = new Set(['denied', 'no-namespace']);

/**
 * Asks for the worker's namespace repeatedly, until the signal fires.
 *
 * @throws UserError if the server refused it twice in a row, or no longer has the namespace
 */
export async function watchServer(
  connection: NativeConnection,
  settings: TemporalSettings,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = settings;
  const ask = () => connection.workflowService.describeNamespace({ namespace });
  let wasRefused = false;
  while (!signal.aborted) {
    await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    try {
      await connection.withDeadline(Date.now() + ANSWER_MS, ask);
      wasRefused = false;
    } catch (error) {
      const why = explained(error);
      const isRefused = why !== null && FINAL.has(why.problem);
      if (isRefused && wasRefused) throw temporalError(why, settings);
      wasRefused = isRefused;
    }
  }
}
