import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAhead } from '../../src/sync/read-ahead.ts';
import { holdsInTime } from '../salesforce/seeded.ts';

const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
};
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => expect.fail('nothing stops the reading');

/** Yields the numbers up to `count`, and tells how many were read. */
function counting(count: number) {
  const state = { read: 0, isEnded: false };
  async function* numbers() {
    try {
      for (; state.read < count; ) {
        await turn();
        state.read += 1;
        yield state.read;
      }
    } finally {
      state.isEnded = true;
    }
  }
  return { state, numbers };
}

describe('reading ahead', () => {
  it('yields every item in its order, for any room and speeds', async () => {
    const cases = fc.record({
      sizes: fc.array(fc.nat(3), { maxLength: 30 }),
      most: fc.integer({ min: 1, max: 8 }),
      pauses: fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }),
    });
    await holdsInTime('test/sync/read-ahead.test.ts', 200, cases, {
      show: JSON.stringify,
      async check({ sizes, most, pauses }) {
        async function* items() {
          for (const [at, size] of sizes.entries()) {
            for (let pause = pauses[at % pauses.length] ?? 0; pause > 0; pause--) await turn();
            yield { at, size };
          }
        }
        const found: number[] = [];
        for await (const { at } of readAhead(items(), { most, sizeOf: ({ size }) => size }, never)) {
          if (at % 3 === 0) await turn();
          found.push(at);
        }
        expect(found).toEqual(sizes.map((_, at) => at));
      },
    });
  });

  it('reads while the consumer works, up to its room', async () => {
    const { state, numbers } = counting(10);
    const ahead = readAhead(numbers(), { most: 3, sizeOf: () => 1 }, never);
    expect(await ahead.next()).toEqual({ done: false, value: 1 });
    for (let turns = 0; turns < 50; turns++) await turn();
    expect(state.read).toBe(4);
    expect(await all(ahead)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('reads one item that is larger than its room', async () => {
    const { numbers } = counting(3);
    expect(await all(readAhead(numbers(), { most: 1, sizeOf: () => 100 }, never))).toEqual([1, 2, 3]);
  });

  it('throws an error after the items before it', async () => {
    async function* failing() {
      yield 1;
      yield 2;
      throw new Error('no third');
    }
    const found: number[] = [];
    const reading = async () => {
      for await (const item of readAhead(failing(), { most: 10, sizeOf: () => 1 }, never)) {
        for (let turns = 0; turns < 10; turns++) await turn();
        found.push(item);
      }
    };
    await expect(reading()).rejects.toThrow('no third');
    expect(found).toEqual([1, 2]);
  });

  it('stops what is under way if the consumer stops, and reads nothing more', async () => {
    let stop = (): void => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new Error('aborted'));
    });
    let begun = 0;
    async function* waitingForever() {
      yield 1;
      begun += 1;
      await stopped;
      begun += 1;
      yield 2;
    }
    for await (const item of readAhead(waitingForever(), { most: 10, sizeOf: () => 1 }, () => stop())) {
      await turn();
      expect(item).toBe(1);
      break;
    }
    expect(begun).toBe(1);
  });

  it('ends the reading if the consumer throws', async () => {
    const { state, numbers } = counting(100);
    let stops = 0;
    const consuming = async () => {
      for await (const item of readAhead(numbers(), { most: 2, sizeOf: () => 1 }, () => (stops += 1)))
        if (item === 3) throw new Error('cannot be written');
    };
    await expect(consuming()).rejects.toThrow('cannot be written');
    expect(stops).toBe(1);
    expect(state.isEnded).toBe(true);
    expect(state.read).toBeLessThan(10);
  });
});
