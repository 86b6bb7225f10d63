import type { EngineAway, RunMemo } from './contract.ts';
import { detailsOf } from './failure-details.ts';
import { isEngineAway } from './message-forms.ts';
import type { RunHost } from './run-host.ts';
import { waitsForEngineSince, withEngineWait, withoutWait } from './run-memo.ts';

/** Short enough that an engine that is back does not wait long for the changes. */
const LONGEST_MS = 5 * 60_000;

export interface EngineCallOptions {
  /**
   * Called after each wait, because waiting for days also makes the history long. Does not return if it is too long.
   * Left out: a new execution would repeat work before this call that must not be repeated.
   */
  readonly afterWaiting?: () => Promise<void>;
}

/**
 * Makes a call that may need the search engine. While the engine is unavailable, waits by a timer and repeats the call,
 * as long as it takes.
 */
export type CallEngine = <T>(call: () => Promise<T>, options?: EngineCallOptions) => Promise<T>;

export function engineCalls({
  host,
  memo,
  show,
}: {
  readonly host: Pick<RunHost, 'now' | 'sleep'>;
  readonly memo: () => RunMemo;
  readonly show: (memo: RunMemo) => void;
}): CallEngine {
  return async function callEngine<T>(call: () => Promise<T>, { afterWaiting }: EngineCallOptions = {}): Promise<T> {
    for (;;) {
      try {
        const answer = await call();
        if (waitsForEngineSince(memo()) !== null) show(withoutWait(memo()));
        return answer;
      } catch (error) {
        const engine = unavailableEngine(error);
        if (engine === null) throw error;
        await wait(engine);
        await afterWaiting?.();
      }
    }
  };

  /** Waits as long as it has waited so far. So the waits double, and a new execution continues with the same ones. */
  async function wait({ why, waitMs: firstMs }: EngineAway): Promise<void> {
    const now = host.now();
    const since = waitsForEngineSince(memo()) ?? new Date(now).toISOString();
    const waitMs = Math.max(firstMs, Math.min(now - Date.parse(since), LONGEST_MS));
    show(withEngineWait(memo(), why, { since, until: new Date(now + waitMs).toISOString() }));
    await host.sleep(waitMs);
  }
}

/** Returns the unavailable engine because of which an activity failed. Null: it failed for another reason. */
function unavailableEngine(error: unknown): EngineAway | null {
  const engine = detailsOf(error, 'EngineUnavailableError')?.engine;
  return isEngineAway(engine) ? engine : null;
}
