import type { Log } from '../worker/log/log.ts';
import type { RequestProblem } from './problem.ts';

/** What fails each request, or each token, is one line in this time. */
const EVERY_MS = 60_000;

/** Logs why requests failed or were refused, where only the operator can correct it, or should know it. */
export class FailureLog {
  readonly #log: Log;
  readonly #last = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  note({ code, status, cause, message }: RequestProblem): void {
    if (code === 'forbidden') this.#log.warn('request_refused', textOf(cause ?? message), { code });
    if (status < 500 || (code !== 'internal_error' && !this.#isDue(code))) return;
    this.#log.error('request_failed', textOf(cause ?? message), { code });
  }

  /** @param why the code of the library that verifies tokens */
  noteToken(why: string): void {
    if (this.#isDue(why))
      this.#log.warn('request_refused', `tokens of the identity provider are refused: ${why}`, {
        code: 'unauthorized',
        why,
      });
  }

  #isDue(what: string): boolean {
    const now = performance.now();
    const last = this.#last.get(what);
    if (last !== undefined && now - last < EVERY_MS) return false;
    this.#last.set(what, now);
    return true;
  }
}

function textOf(what: unknown): string {
  return what instanceof Error ? `${what.name}: ${what.message}` : String(what);
}
