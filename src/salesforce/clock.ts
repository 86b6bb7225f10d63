/** The org's clock as its replies show it: `Date` headers (whole seconds) and the monotonic time between them. */
export interface OrgClock {
  /**
   * The org's time in ms since 1970, never later than it really is, and larger at every call. Throws while no reply has
   * come yet.
   */
  now(): number;
  /** The last `Date` header, ms since 1970; null before the first reply. */
  readonly lastDate: number | null;
}

export interface ClockReading {
  /** The reply's `Date` header. */
  readonly date: string | undefined;
  /** Monotonic ms at which the request was sent, and at which its reply began. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * A reply stamped D says: at `receivedAt` the org's clock was at D or later, and at `sentAt` it was before D + 1 s. The
 * best lower bound is kept until a reply proves it too high (the clocks drift, or the org's was set back).
 */
export function createClock(monotonic: () => number): OrgClock & { observe(reading: ClockReading): void } {
  let offset: number | null = null;
  let lastDate: number | null = null;
  let lastNow = Number.NEGATIVE_INFINITY;
  return {
    observe({ date, sentAt, receivedAt }) {
      const stamped = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(stamped)) return;
      lastDate = stamped;
      const lowest = stamped - receivedAt;
      const tooHigh = stamped + 1000 - sentAt;
      if (offset === null || lowest > offset || offset > tooHigh) offset = lowest;
    },
    now() {
      if (offset === null) throw new Error('the org has not told its time yet: authenticate first');
      lastNow = Math.max(lastNow + 1, Math.floor(offset + monotonic()));
      return lastNow;
    },
    get lastDate() {
      return lastDate;
    },
  };
}
