import { setTimeout as delay } from 'node:timers/promises';
import { LimitError, TransientError } from './errors.ts';

export interface RetryPolicy {
  /** Waits before the second try, the third, …, one retry per wait. Each is shortened at random by up to half. */
  readonly delaysMs: readonly number[];
  /** Waits if the org reports too many concurrent requests: other requests must end first. */
  readonly busyDelaysMs: readonly number[];
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Returns the waits between tries after such an error; empty if it is not worth a retry. */
function waitsFor(error: unknown, { delaysMs, busyDelaysMs }: RetryPolicy): readonly number[] {
  if (error instanceof TransientError) return error.remedy === 'same-request' ? delaysMs : [];
  return error instanceof LimitError && error.limit === 'concurrent' ? busyDelaysMs : [];
}

/**
 * Retries what may work in a moment, a few times. Longer patience is up to the caller.
 *
 * @param repeats returns whether to retry after such an error; if missing, always
 */
export async function retrying<T>(
  policy: RetryPolicy,
  work: () => Promise<T>,
  signal?: AbortSignal,
  repeats: (error: unknown) => boolean = () => true,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const wait = waitsFor(error, policy)[tries];
      if (wait === undefined || !repeats(error)) throw error;
      await policy.sleep(wait * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Waits for work that continues for other callers if this one leaves. Throws the signal's reason. */
export async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work;
  let leave = (): void => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
  });
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
