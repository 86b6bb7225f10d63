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

  test('advances between replies by monotonic time, in milliseconds', () => {
    let mono = 1000;
    const clock = createClock(() => mono);
    clock.observe({ date: header(START), sentAt: 990, receivedAt: 1000 });
    expect(clock.now()).toBe(START);
    mono = 1234.7;
    expect(clock.now()).toBe(START + 234);
    expect(clock.lastDate).toBe(START);
  });

  test('advances with every call, even within one millisecond', () => {
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

  test('drops a bound that a reply proves too high, and still never goes back', () => {
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

  test('takes no time from a missing or invalid header', () => {
    const clock = createClock(() => 0);
    clock.observe({ date: undefined, sentAt: 0, receivedAt: 0 });
    clock.observe({ date: 'soon', sentAt: 0, receivedAt: 0 });
    expect(() => clock.now()).toThrow();
  });

  const minute = 60_000;
  const hour = 60 * minute;

  /** A clock that knows START from two replies a second, and how it takes further replies. */
  function confirmed() {
    let mono = 0;
    const clock = createClock(() => mono);
    const reply = (shift: number): number => {
      mono += 1_000;
      clock.observe({ date: header(START + mono + shift), sentAt: mono - 10, receivedAt: mono });
      return clock.now() - START - mono;
    };
    reply(0);
    reply(0);
    return { clock, reply };
  }

  test.each([
    ['ahead', hour],
    ['behind', -hour],
    ['far ahead', 500_000 * hour],
  ])('ignores one reply that is an hour or more %s, and is in doubt until the next reply', (_, shift) => {
    const { clock, reply } = confirmed();
    expect(reply(shift)).toBe(0);
    expect(clock.inDoubt).toBe(true);
    expect(reply(0)).toBe(0);
    expect(clock.inDoubt).toBe(false);
    expect([reply(shift), reply(0), reply(-shift), reply(0)]).toEqual([0, 0, 0, 0]);
  });

  test('follows two consecutive replies that agree, ahead or back, and then it does go back', () => {
    const { clock, reply } = confirmed();
    expect([reply(hour), reply(hour)]).toEqual([0, hour]);
    expect(clock.inDoubt).toBe(false);
    expect([reply(0), reply(0)]).toEqual([hour, 0]);
    expect([reply(hour), reply(-hour), reply(0)]).toEqual([0, 0, 0]);
  });

  test('does not count a difference of less than a minute as a jump', () => {
    const { clock, reply } = confirmed();
    expect(reply(minute - 1_000)).toBe(minute - 1_000);
    expect(clock.inDoubt).toBe(false);
  });

  test.each([
    ['the first', [hour, 0, 0]],
    ['the second', [0, hour, 0]],
    ['the first, behind', [-hour, 0, 0]],
    ['the second, behind', [0, -hour, 0]],
  ])('allows %s of the first three replies to be wrong, and has no doubt after the third', (_, shifts) => {
    let mono = 0;
    const clock = createClock(() => mono);
    const doubts = shifts.map((shift) => {
      mono += 1_000;
      clock.observe({ date: header(START + mono + shift), sentAt: mono - 10, receivedAt: mono });
      return clock.inDoubt;
    });
    expect(doubts).toEqual([true, true, false]);
    expect(clock.now()).toBe(START + mono);
  });

  test('is never later than the org, for any replies between two correct ones and any time of the org', () => {
    const jump = fc.constantFrom(-50 * hour, -hour, -2 * minute, 2 * minute, hour, 50 * hour);
    const step = fc.record({
      pause: fc.integer({ min: 1, max: 90_000 }),
      there: fc.integer({ min: 0, max: 800 }),
      back: fc.integer({ min: 0, max: 800 }),
      /** The org is set to another time before its next reply. */
      set: fc.option(jump, { freq: 6 }),
      /** The reply has another time than the org's. */
      lie: fc.option(jump, { freq: 4 }),
    });
    const property = fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      let mono = 0;
      let moved = 0;
      const clock = createClock(() => mono);
      /** How many correct replies in a row came since the org was set. A wrong reply is always a single one. */
      let truths = 0;
      let settled = false;
      let last = Number.NEGATIVE_INFINITY;
      for (const { pause, there, back, set, lie } of steps) {
        if (set !== null) {
          moved += set;
          truths = 0;
          settled = false;
        }
        const isLie = lie !== null && settled && truths > 0;
        const sentAt = mono + pause;
        const stampedAt = sentAt + there;
        mono = stampedAt + back;
        const org = START + moved + mono;
        clock.observe({
          date: header(START + moved + stampedAt + (isLie ? (lie ?? 0) : 0)),
          sentAt,
          receivedAt: mono,
        });
        truths = isLie ? 0 : truths + 1;
        settled ||= truths >= 2;
        if (!settled) {
          last = Number.NEGATIVE_INFINITY;
          continue;
        }
        const now = clock.now();
        expect(now).toBeLessThanOrEqual(org);
        expect(now).toBeGreaterThan(last);
        last = now;
        expect(clock.inDoubt).toBe(isLie);
      }
    });
    holds('test/salesforce/clock.test.ts', property);
  });

  test('is never later than the org itself, and at most a second and a round trip behind', () => {
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
