import type { Notify } from '../config-monitoring.ts';
import type { Log } from '../log/log.ts';
import type { Problem } from '../status/health.ts';
import { type Patience, type Way, waysOf } from './deliver.ts';
import { type Message, messageOf } from './message.ts';
import { openTold, toldFile } from './told.ts';

/** Tells whoever is configured when a connection becomes unhealthy or degraded, and when it recovers: once each. */
export interface Notifier {
  /** Told of what is wrong, as often as is looked. Never throws: what fails is a line of the log, and is tried again later. */
  tell(problems: readonly Problem[]): Promise<void>;
}

export function createNotifier(parts: {
  readonly connection: string;
  /** The index's file: workers that share it tell only once together. */
  readonly indexPath: string;
  readonly notify: () => Promise<Notify | null>;
  readonly log: Log;
  readonly patience?: Patience;
}): Notifier {
  const { connection, indexPath, notify, log, patience } = parts;
  const told = openTold(toldFile(indexPath));

  async function tellBy({ name, deliver }: Way, message: Message): Promise<void> {
    const claim = told.claim(name, message.state);
    if (claim === null) return;
    await deliver(message);
    claim.told();
    const { state, codes } = message;
    log.info('notified', `notify: the ${name} was told that the connection ${STATES[state]}`, {
      codes: codes.join(' '),
    });
  }

  return {
    async tell(problems) {
      try {
        const whom = await notify();
        const message = messageOf(connection, problems, new Date());
        const ways = whom === null ? [] : waysOf(whom, patience);
        for (const result of await Promise.allSettled(ways.map((way) => tellBy(way, message))))
          if (result.status === 'rejected') complain(result.reason);
      } catch (error) {
        complain(error);
      }
    },
  };

  function complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    log.error('notify_failed', 'notify failed, and is tried again in some minutes', { error: reason });
  }
}

const STATES = { unhealthy: 'is unhealthy', degraded: 'is degraded', recovered: 'has recovered' } as const;
