import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Asked } from './activity-contract.ts';
import type { LimitReached, RunMemo } from './contract.ts';
import { isLimit } from './message-forms.ts';
import type { RunHost } from './run-host.ts';
import { asked, goneOn, waiting } from './run-memo.ts';

export interface AskOptions {
  /** It mostly asks the org nothing: it waits only where the org has refused it. */
  readonly mostlyFree?: boolean;
}

/** Makes the calls of a run that ask the org, as its limits allow. */
export interface OrgCalls {
  /** What the next call waits for; null: nothing. For continue-as-new. */
  readonly limit: LimitReached | null;
  /**
   * Makes a call to an activity that asks the org. While the org's limit stands in the way it waits by a timer, asks the
   * org for its usage, and so on; a call that the org refused for a limit is made again afterwards.
   */
  ask<T extends Partial<Asked>>(call: () => Promise<T>, options?: AskOptions): Promise<T>;
}

export interface OrgCallsOptions {
  readonly host: Pick<RunHost, 'activities' | 'now' | 'sleep'>;
  readonly connection: string;
  /** What an earlier execution of this run had to wait for. */
  readonly limit: LimitReached | null;
  readonly memo: () => RunMemo;
  /** Takes a memo over, to be shown with the next one. */
  readonly keep: (memo: RunMemo) => void;
  readonly show: (memo: RunMemo) => void;
  /** Called before each wait: the history of a run that waits for days grows too. Does not return if it is too long. */
  readonly beforeWaiting: () => Promise<void>;
}

export function orgCalls({ host, connection, memo, keep, show, beforeWaiting, ...carried }: OrgCallsOptions): OrgCalls {
  let limit = carried.limit;

  async function ask<T extends Partial<Asked>>(
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
      show(waiting(memo(), limit, new Date(host.now() + limit.waitMs).toISOString()));
      await host.sleep(limit.waitMs);
      await unlessRefused(() => host.activities.askApiUsage({ connection }));
    }
    show(goneOn(memo()));
  }

  /** Null: the org refused it, because a limit is used up. */
  async function unlessRefused<T extends Partial<Asked>>(call: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await call();
      note(answer);
      return answer;
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === null) throw error;
      note(refused);
      return null;
    }
  }

  function note(answer: Partial<Asked>): void {
    keep(asked(memo(), answer));
    // An answer that cost no call tells nothing of the limit.
    if (answer.limit || answer.apiCalls) limit = isLimit(answer.limit) ? answer.limit : null;
  }

  return {
    get limit() {
      return limit;
    },
    ask,
  };
}

/** What a failed activity asked, where it was refused for a limit that takes long to come back; null: it failed otherwise. */
function refusalOf(error: unknown): Asked | null {
  if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) return null;
  const [details] = error.cause.details ?? [];
  return error.cause.type === 'LimitError' && isRefusal(details) ? details : null;
}

function isRefusal(details: unknown): details is Asked {
  return typeof details === 'object' && details !== null && 'limit' in details;
}
