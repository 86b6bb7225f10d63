import type { Config } from '../config/load.ts';
import { RequestProblem } from './problem.ts';

/** A status costs Temporal a dozen requests, so callers within this time share one. */
const FRESH_MS = 5_000;

/** Returns a function that reads the connection's status. Only then is Temporal's code loaded. */
export function statusReader(config: Config): () => Promise<object> {
  let last: { readonly at: number; readonly status: Promise<object> } | null = null;
  return () => {
    const now = performance.now();
    if (last === null || now - last.at > FRESH_MS) last = { at: now, status: readStatus(config) };
    return last.status;
  };
}

async function readStatus(config: Config): Promise<object> {
  const { withClient } = await import('../temporal/connect.ts');
  const { NoServerError } = await import('../temporal/errors.ts');
  const { observe } = await import('../status/observe.ts');
  const { assess } = await import('../status/assess.ts');
  const { statusJson } = await import('../status/json.ts');
  try {
    return statusJson(assess(await withClient(config.file, (client) => observe(client, config))));
  } catch (error) {
    if (!(error instanceof NoServerError)) throw error;
    throw new RequestProblem(
      'temporal_unreachable',
      'Temporal does not answer, so the status is unknown. Searches still work.',
      { retryAfterSeconds: FRESH_MS / 1000 },
      error,
    );
  }
}
