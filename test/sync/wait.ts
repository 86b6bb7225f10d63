import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_MS = 60_000;

/** Busy waiting would slow down what the test waits for. */
const BETWEEN_MS = 25;

/** Asks until the answer is neither undefined nor false. Fails after a minute or the given time, so that no test hangs. */
export async function waitUntil<T>(ask: () => Promise<T | undefined | false>, longestMs = LONGEST_MS): Promise<T> {
  const deadline = Date.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`no answer within ${longestMs} ms: ${ask}`);
    await pause(BETWEEN_MS);
  }
}
