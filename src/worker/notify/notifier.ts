import type { Notify } from '../../config/monitoring.ts';
import type { Problem } from '../../facts/problems.ts';
import { notifiedFile } from '../../home/home-file.ts';
import type { IndexLocation } from '../../index/location.ts';
import type { Log } from '../log/log.ts';
import { type Patience, type Way, waysOf } from './deliver.ts';
import { type Message, messageOf } from './message.ts';
import { openNotified } from './notified.ts';

/**
 * Notifies the configured channels when a connection becomes unhealthy or degraded, and when it recovers: once each.
 */
export interface Notifier {
  /** Called with the problems after every look. Never throws: a failure is logged, and tried again later. */
  notify(problems: readonly Problem[]): Promise<void>;
}

export function createNotifier(parts: {
  readonly connection: string;
  /** Workers that share it notify only once between them. */
  readonly index: IndexLocation;
  readonly notify: () => Promise<Notify | null>;
  readonly log: Log;
  readonly patience?: Patience;
}): Notifier {
  const { connection, index, notify, log, patience } = parts;
  const notified = openNotified(notifiedFile(index));

  async function notifyBy({ name, deliver }: Way, message: Message): Promise<void> {
    const claim = notified.claim(name, message.state);
    if (claim === null) return;
    await deliver(message);
    claim.notified();
    const { state, codes } = message;
    log.info('notified', `notify: sent to the ${name} that the connection ${STATES[state]}`, {
      codes: codes.join(' '),
    });
  }

  return {
    async notify(problems) {
      try {
        const whom = await notify();
        const message = messageOf(connection, problems, new Date());
        const ways = whom === null ? [] : waysOf(whom, patience);
        for (const result of await Promise.allSettled(ways.map((way) => notifyBy(way, message))))
          if (result.status === 'rejected') complain(result.reason);
      } catch (error) {
        complain(error);
      }
    },
  };

  function complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    log.error('notify_failed', 'notify failed; it is retried in a few minutes', { error: reason });
  }
}

const STATES = { unhealthy: 'is unhealthy', degraded: 'is degraded', recovered: 'has recovered' } as const;
