import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Waits until `probe` returns a result. Throws after a time, naming what it waited for. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  seconds = 180,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const found = await probe();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`gave up waiting for ${what} after ${seconds} s`);
    await delay(POLL_MS);
  }
}
