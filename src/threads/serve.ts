import { parentPort } from 'node:worker_threads';
import { sendError } from './errors.ts';
import type { Answer, Call, Offered } from './messages.ts';

/** Answers calls of these functions, in a thread that `CalledThread` started. Calls may overlap. */
export function serveCalls(offered: Offered): void {
  const port = parentPort;
  if (port === null) throw new Error('This file runs in a thread of its own.');
  const answer = async ({ number, name, args }: Call): Promise<Answer> => {
    try {
      // The caller's compiler has checked the arguments.
      const called = offered[name] as (...args: readonly unknown[]) => unknown;
      return { number, value: await called(...args) };
    } catch (error) {
      return { number, error: sendError(error) };
    }
  };
  port.on('message', (call: Call) => {
    void answer(call).then((result) => port.postMessage(result));
  });
}
