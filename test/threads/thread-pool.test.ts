import { afterEach, describe, expect, it } from 'vitest';
import { CalledThread, ThreadEndedError } from '../../src/threads/called-thread.ts';
import { ThreadPool } from '../../src/threads/thread-pool.ts';

type Offered = {
  add(one: number, other: number): number;
  later(value: string, ms: number): Promise<string>;
  fail(kind: string): void;
  exit(): void;
};

const script = new URL('./offered.mjs', import.meta.url);
const threads: CalledThread<Offered>[] = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.end();
});

function poolOf(most: number, prepare: (thread: CalledThread<Offered>) => Promise<void> = async () => {}) {
  const start = () => {
    const thread = new CalledThread<Offered>(script, []);
    threads.push(thread);
    return thread;
  };
  return new ThreadPool<Offered>({ start, prepare, most });
}

describe('a pool of threads', () => {
  it('starts one thread for calls one after the other, and none before the first', async () => {
    const pool = poolOf(3);
    expect(pool.size).toBe(0);
    for (const n of [1, 2, 3]) expect(await pool.call('add', n, 1)).toBe(n + 1);
    expect(pool.size).toBe(1);
  });

  it('starts more for calls that overlap, up to its number, and answers each call its own', async () => {
    const pool = poolOf(2);
    const calls = ['a', 'b', 'c', 'd', 'e'].map((each) => pool.call('later', each, 20));
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(pool.size).toBe(2);
  });

  it('a slow call does not hold up another', async () => {
    const pool = poolOf(2);
    let isAnswered = false;
    void pool.call('later', 'slow', 3_600_000).then(
      () => (isAnswered = true),
      () => {},
    );
    expect(await pool.call('add', 1, 1)).toBe(2);
    expect(isAnswered).toBe(false);
  });

  it('a thread that ends fails only the call that it works on, and another takes its place', async () => {
    const pool = poolOf(1);
    const [ended, next, failed] = await Promise.allSettled([
      pool.call('exit'),
      pool.call('add', 1, 2),
      pool.call('fail', 'range'),
    ]);
    expect(ended).toMatchObject({ status: 'rejected', reason: expect.any(ThreadEndedError) });
    expect(next).toEqual({ status: 'fulfilled', value: 3 });
    expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) });
    expect(threads).toHaveLength(2);
    expect(pool.size).toBe(1);
  });

  it('a thread that ended while it was free is replaced', async () => {
    const pool = poolOf(1);
    await pool.call('add', 1, 2);
    await threads[0]?.end();
    expect(await pool.call('add', 2, 2)).toBe(4);
    expect(threads).toHaveLength(2);
  });

  it('a thread that cannot be prepared fails one call, and the next call tries again', async () => {
    let tries = 0;
    const pool = poolOf(1, async () => {
      if (++tries === 1) throw new Error('not now');
    });
    await expect(pool.call('add', 1, 2)).rejects.toThrow('not now');
    expect(await pool.call('add', 1, 2)).toBe(3);
    expect(tries).toBe(2);
  });

  it('closes after the answers to all calls, and its threads end', async () => {
    const pool = poolOf(2);
    const calls = [1, 2, 3].map((n) => pool.call('later', `${n}`, 20));
    const finished: boolean[] = [];
    await pool.close(async (thread) => void finished.push(thread.openCalls === 0));
    expect(await Promise.all(calls)).toEqual(['1', '2', '3']);
    expect(finished).toEqual([true, true]);
    expect(threads.map(({ isEnded }) => isEnded)).toEqual([true, true]);
    expect(pool.size).toBe(0);
  });
});
