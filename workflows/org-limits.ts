import type { OrgUsage } from './activity-contract.ts';
import type { LimitReached, RunMemo } from './contract.ts';
import { detailsOf } from './failure-details.ts';
import { isLimit } from './message-forms.ts';
import type { RunHost } from './run-host.ts';
import { addUsage, withoutWait, withWait } from './run-memo.ts';

export interface AskOptions {
  /** The call mostly does not ask the org, so it only waits if the org has refused it. */
  readonly mostlyFree?: boolean;
}

/** The calls of a run that ask the org, as its limits allow. */
export interface OrgCalls {
  /** The limit that the next call waits for. Null: none. For continue-as-new. */
  readonly limit: LimitReached | null;
  /**
   * Calls an activity that asks the org. While a limit of the org is reached, waits by a timer, asks the org for its
   * usage, and repeats this. Then repeats a call that the org refused for a limit.
   */
  ask<T extends Partial<OrgUsage>>(call: () => Promise<T>, options?: AskOptions): Promise<T>;
}

export interface OrgCallsOptions {
  readonly host: Pick<RunHost, 'activities' | 'now' | 'sleep'>;
  readonly connection: string;
  /** The limit that an earlier execution of this run had to wait for. */
  readonly limit: LimitReached | null;
  readonly memo: () => RunMemo;
  /** Stores a memo, to be shown with the next one. */
  readonly keep: (memo: RunMemo) => void;
  readonly show: (memo: RunMemo) => void;
  /**
   * Called before each wait, because waiting for days also makes the history long. Does not return if it is too long.
   */
  readonly beforeWaiting: () => Promise<void>;
}

export function orgCalls({ host, connection, memo, keep, show, beforeWaiting, ...carried }: OrgCallsOptions): OrgCalls {
  let limit = carried.limit;

  async function ask<T extends Partial<OrgUsage>>(
    call: () => Promise<T>,
    { mostlyFree = false }: AskOptions = {},
  ): Promise<T> {
    if (!mostlyFree) await untilFree();
    for (;;) {
      const answer = await unlessRefused(call);
      if (answer !== null) return answer;
      await untilFree();
    }
  }

  async function untilFree(): Promise<void> {
    if (limit === null) return;
    while (limit !== null) {
      await beforeWaiting();
      show(withWait(memo(), limit, new Date(host.now() + limit.waitMs).toISOString()));
      await host.sleep(limit.waitMs);
      await unlessRefused(() => host.activities.askApiUsage({ connection }));
    }
    show(withoutWait(memo()));
  }

  /** Calls the activity. Null: the org refused it because a limit is used up. */
  async function unlessRefused<T extends Partial<OrgUsage>>(call: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await call();
      note(answer);
      return answer;
    } catch (error) {
      // The caller repeats what failed for the search engine. The org was asked before it failed.
      note(detailsOf(error, 'EngineUnavailableError') ?? {});
      const refused = detailsOf(error, 'LimitError');
      // Temporal retries the limits that pass within a minute, and fails with the last.
      if (refused === null || !('limit' in refused)) throw error;
      note(refused);
      return null;
    }
  }

  function note(answer: Partial<OrgUsage>): void {
    keep(addUsage(memo(), answer));
    // An answer that cost no call says nothing about the limit.
    if (answer.limit || answer.apiCalls) limit = isLimit(answer.limit) ? answer.limit : null;
  }

  return {
    get limit() {
      return limit;
    },
    ask,
  };
}
