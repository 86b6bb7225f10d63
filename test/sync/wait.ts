import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_MS = 60_000;

/** Busy waiting would slow down what the test waits for. */
const BETWEEN_MS = 25;

/** Asks until the answer is neither undefined nor false. Fails after a minute, so that no test hangs. */
export async function waitUntil<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`no answer within ${LONGEST_MS} ms: ${ask}`);
    await pause(BETWEEN_MS);
  }
}
