import { setImmediate as breathe } from 'node:timers/promises';
import type { Steps } from '../access/steps.ts';

/** Takes all steps, and lets heartbeats and other work go on between them. */
export async function breathing<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breathe();
  }
}
