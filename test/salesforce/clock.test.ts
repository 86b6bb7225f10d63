import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClock } from '../../src/salesforce/clock.ts';
import { holds } from './seeded.ts';

const START = Date.parse('2026-10-01T12:00:00.000Z');
const header = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toUTCString();

describe("the org's clock", () => {
  test('does not guess before the first reply', () => {
    const clock = createClock(() => 0);
    expect(clock.lastDate).toBeNull();
    expect(() => clock.now()).toThrow(/authenticate first/);
  });

  test('goes on between replies by monotonic time, in milliseconds', () => {
    let mono = 1000;
    const clock = createClock(() => mono);
    clock.observe({ date: header(START), sentAt: 990, receivedAt: 1000 });
    expect(clock.now()).toBe(START);
    mono = 1234.7;
    expect(clock.now()).toBe(START + 234);
    expect(clock.lastDate).toBe(START);
  });

  test('grows at every call, even within one millisecond', () => {
    const clock = createClock(() => 5);
    clock.observe({ date: header(START), sentAt: 0, receivedAt: 5 });
    expect([clock.now(), clock.now(), clock.now()]).toEqual([START, START + 1, START + 2]);
  });

  test('keeps the better bound: a reply late in its second does not set it back', () => {
    let mono = 0;
    const clock = createClock(() => mono);
    clock.observe({ date: header(START), sentAt: 0, receivedAt: 0 });
    mono = 900;
    clock.observe({ date: header(START + 900), sentAt: 890, receivedAt: 900 });
    expect(clock.now()).toBe(START + 900);
    expect(clock.lastDate).toBe(START);
  });

  test('gives a bound up that a reply proves too high, and still never goes back', () => {
    let mono = 0;
    const clock = createClock(() => mono);
    clock.observe({ date: header(START + 60_000), sentAt: 0, receivedAt: 0 });
    const before = clock.now();
    mono = 10;
    clock.observe({ date: header(START), sentAt: 5, receivedAt: 10 });
    expect(clock.now()).toBe(before + 1);
    mono = 60_100;
    expect(clock.now()).toBe(START + 60_090);
  });

  test('takes no time from a header that is missing or no date', () => {
    const clock = createClock(() => 0);
    clock.observe({ date: undefined, sentAt: 0, receivedAt: 0 });
    clock.observe({ date: 'soon', sentAt: 0, receivedAt: 0 });
    expect(() => clock.now()).toThrow();
  });

  test('is never later than the org itself, and at most a second and one trip behind', () => {
    const exchange = fc.record({
      pause: fc.integer({ min: 1, max: 5000 }),
      there: fc.integer({ min: 0, max: 800 }),
      back: fc.integer({ min: 0, max: 800 }),
    });
    const property = fc.property(
      fc.integer({ min: 0, max: 999 }),
      fc.array(exchange, { minLength: 1 }),
      (phase, trips) => {
        let mono = 0;
        const org = (at: number): number => START + phase + at;
        const clock = createClock(() => mono);
        for (const { pause, there, back } of trips) {
          const sentAt = mono + pause;
          const stampedAt = sentAt + there;
          mono = stampedAt + back;
          clock.observe({ date: header(org(stampedAt)), sentAt, receivedAt: mono });
          const now = clock.now();
          expect(now).toBeLessThanOrEqual(org(mono));
          expect(now).toBeGreaterThan(org(mono) - 1000 - back - 1);
        }
      },
    );
    holds('test/salesforce/clock.test.ts', property);
  });
});
