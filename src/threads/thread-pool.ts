import type { CalledThread } from './called-thread.ts';
import type { Offered } from './messages.ts';

/** A call that no thread works on yet. */
interface WaitingCall<Functions extends Offered> {
  /** Calls a thread. Returns what tells the caller how it went. */
  readonly run: (thread: CalledThread<Functions>) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads that share calls. Each works on one call at a time, and the next call goes to the thread that is free first.
 * The first call starts the first thread. Others start when calls wait, up to a number. A thread that ends fails only
 * the call that it works on.
 */
export class ThreadPool<Functions extends Offered> {
  readonly #start: () => CalledThread<Functions>;
  readonly #prepare: (thread: CalledThread<Functions>) => Promise<void>;
  readonly #most: number;
  readonly #threads = new Set<CalledThread<Functions>>();
  readonly #free: CalledThread<Functions>[] = [];
  readonly #waiting: WaitingCall<Functions>[] = [];
  /** What threads do now. Empty: nothing. */
  readonly #work = new Set<Promise<void>>();
  /** The number of threads that are being prepared. */
  #starting = 0;

  /**
   * @param start starts a thread
   * @param prepare what a thread does before its first call. If it fails, so does a call that waits
   * @param most the highest number of threads, at least 1
   */
  constructor({
    start,
    prepare,
    most,
  }: {
    readonly start: () => CalledThread<Functions>;
    readonly prepare: (thread: CalledThread<Functions>) => Promise<void>;
    readonly most: number;
  }) {
    this.#start = start;
    this.#prepare = prepare;
    this.#most = most;
  }

  /** The number of threads that have started and not ended. */
  get size(): number {
    return [...this.#threads].filter(({ isEnded }) => !isEnded).length;
  }

  /** Calls a function in one of the threads. Throws like `CalledThread.call`. */
  call<Name extends keyof Functions & string>(
    name: Name,
    ...args: Parameters<Functions[Name]>
  ): Promise<Awaited<ReturnType<Functions[Name]>>> {
    return new Promise((resolve, reject) => {
      const run = (thread: CalledThread<Functions>) =>
        thread.call(name, ...args).then(
          (value) => () => resolve(value),
          (error: unknown) => () => reject(error),
        );
      this.#waiting.push({ run, reject });
      this.#assign();
    });
  }

  /**
   * Ends the threads after all calls are answered. No call may follow.
   *
   * @param finish what a thread does last
   */
  async close(finish: (thread: CalledThread<Functions>) => Promise<void>): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
    await Promise.all(
      [...this.#threads].map(async (thread) => {
        try {
          if (!thread.isEnded) await finish(thread);
        } finally {
          await thread.end();
        }
      }),
    );
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#takeFree();
      if (thread === undefined) break;
      const call = this.#waiting.shift();
      if (call !== undefined) this.#track(this.#serve(thread, call));
    }
    while (this.#waiting.length > this.#starting && this.#threads.size < this.#most) this.#track(this.#add());
  }

  /** Takes the thread that was free last: it still has in memory what it read. */
  #takeFree(): CalledThread<Functions> | undefined {
    for (;;) {
      const thread = this.#free.pop();
      if (thread?.isEnded !== true) return thread;
      this.#threads.delete(thread);
    }
  }

  async #serve(thread: CalledThread<Functions>, { run }: WaitingCall<Functions>): Promise<void> {
    const settle = await run(thread);
    // Before the caller makes the next call, which this thread can then take.
    this.#putBack(thread);
    settle();
  }

  async #add(): Promise<void> {
    const thread = this.#start();
    this.#threads.add(thread);
    this.#starting += 1;
    try {
      await this.#prepare(thread);
      this.#starting -= 1;
      this.#putBack(thread);
    } catch (error) {
      this.#starting -= 1;
      this.#threads.delete(thread);
      this.#waiting.shift()?.reject(error);
      await thread.end();
      this.#assign();
    }
  }

  #putBack(thread: CalledThread<Functions>): void {
    if (thread.isEnded) this.#threads.delete(thread);
    else this.#free.push(thread);
    this.#assign();
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }
}
