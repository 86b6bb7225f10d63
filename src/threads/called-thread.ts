import { Worker } from 'node:worker_threads';
import { type ErrorClass, receiveError } from './errors.ts';
import type { Answer, Call, Offered } from './messages.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** A thread ended before it answered. Another one can be started. */
export class ThreadEndedError extends Error {
  override name = 'ThreadEndedError';
}

/** A thread whose functions can be called. It keeps the process alive only while calls are open. */
export class CalledThread<Functions extends Offered> {
  readonly #worker: Worker;
  readonly #errors: readonly ErrorClass[];
  readonly #open = new Map<number, Waiting>();
  #ended: Error | null = null;
  #number = 0;

  /**
   * Starts the thread.
   *
   * @param script a compiled file that calls `serveCalls` (see `compiledFile`)
   * @param errors the classes of the errors that its functions throw
   */
  constructor(script: URL, errors: readonly ErrorClass[]) {
    this.#errors = errors;
    this.#worker = new Worker(script, hasProgram(process.execArgv) ? { execArgv: [] } : {});
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#end(new ThreadEndedError(`A thread has failed: ${error.message}.`)));
    this.#worker.on('exit', (code) => this.#end(new ThreadEndedError(`A thread has ended, with code ${code}.`)));
  }

  /** True once the thread has ended. Each later call fails. */
  get isEnded(): boolean {
    return this.#ended !== null;
  }

  /** The number of calls that are not answered yet. */
  get openCalls(): number {
    return this.#open.size;
  }

  /** Calls a function. Throws its error in its own class, or a `ThreadEndedError`. */
  call<Name extends keyof Functions & string>(
    name: Name,
    ...args: Parameters<Functions[Name]>
  ): Promise<Awaited<ReturnType<Functions[Name]>>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve, reject) => {
      // Throws for an argument that cannot be copied.
      this.#worker.postMessage({ number, name, args } satisfies Call);
      this.#open.set(number, { resolve, reject });
      this.#worker.ref();
    });
  }

  /** Ends the thread at once, in the middle of what it does. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const waiting = this.#open.get(answer.number);
    this.#open.delete(answer.number);
    if (this.#open.size === 0) this.#worker.unref();
    if ('error' in answer) waiting?.reject(receiveError(answer.error, this.#errors));
    else waiting?.resolve(answer.value as never);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#open.values()) reject(this.#ended);
    this.#open.clear();
  }
}

/**
 * Reports whether a program is among the arguments of Node.js, as after `node -e`. A thread that inherits them would run
 * it. It inherits all others, because `Worker` accepts no flags of V8 such as `--max-old-space-size`.
 */
function hasProgram(execArgv: readonly string[]): boolean {
  return execArgv.some((arg) => /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/.test(arg));
}
