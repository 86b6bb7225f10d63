import { setTimeout as delay } from 'node:timers/promises';
import { LimitError, TransientError } from './errors.ts';

export interface RetryPolicy {
  /** Waits before the second try, the third, …; as many tries more as there are waits. Each is shortened by up to half. */
  readonly delaysMs: readonly number[];
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

function worthRepeating(error: unknown): boolean {
  if (error instanceof TransientError) return error.remedy === 'same-request';
  return error instanceof LimitError && error.limit === 'concurrent';
}

/** Repeats what may work in a moment, a few times; longer patience is the caller's. */
export async function retrying<T>(policy: RetryPolicy, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const wait of policy.delaysMs) {
    try {
      return await work();
    } catch (error) {
      if (!worthRepeating(error)) throw error;
      await policy.sleep(wait * (0.5 + Math.random() / 2), signal);
    }
  }
  return await work();
}

/** Waits for work that goes on for others when this caller leaves. Throws the signal's reason. */
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
