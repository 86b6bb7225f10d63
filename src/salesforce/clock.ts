import { TransientError } from './errors.ts';

/** The org's clock, from the `Date` headers of its replies (whole seconds) and the monotonic time between them. */
export interface OrgClock {
  /**
   * Returns the org's time in ms since 1970. It is never ahead of the real time, and larger at every call, unless the
   * org's clock was set back by more than a minute: then it follows. Throws before the first reply, and throws a
   * `TransientError` if no reply had a `Date`.
   */
  now(): number;
  /** The last `Date` header, ms since 1970; null before the first reply. */
  readonly lastDate: number | null;
  /**
   * True if there was only one reply, or if the last one was more than a minute off the expected time, so that `now()`
   * does not follow it. Two more replies settle it, if at most one of them is wrong.
   */
  readonly inDoubt: boolean;
}

export interface ClockReading {
  /** The reply's `Date` header. */
  readonly date: string | undefined;
  /** Monotonic ms when the request was sent, and when its reply began. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** A larger difference from the expected time counts as a jump. */
const JUMP_MS = 60_000;

/**
 * Bounds from one reply on the offset, which is the org's time minus the monotonic time: `lowest` <= offset <
 * `tooHigh`.
 */
interface Bounds {
  readonly lowest: number;
  readonly tooHigh: number;
}

/**
 * Creates a clock. A reply dated D shows that at `receivedAt` the org's clock was at D or later, and that at `sentAt`
 * it was before D + 1 s. The best lower bound is used until a reply proves it too high: the clocks drift, or the org's
 * clock was set back.
 *
 * A single reply can be wrong, because a proxy or a broken app server may put in another time. So a jump counts only
 * when the next reply confirms it. A process's first reply cannot be checked against anything. Until a second one
 * confirms it, the earlier time wins, because a time that is too late freezes everything written with it.
 */
export function createClock(monotonic: () => number): OrgClock & { observe(reading: ClockReading): void } {
  let offset: number | null = null;
  let isConfirmed = false;
  /** The offset from the last reply, if that was a jump. */
  let doubtful: number | null = null;
  let lastDate: number | null = null;
  let wasAnswered = false;
  let lastNow = Number.NEGATIVE_INFINITY;

  function jump(from: number, to: number): void {
    if (to < from) lastNow = Number.NEGATIVE_INFINITY;
    offset = to;
  }

  return {
    observe({ date, sentAt, receivedAt }) {
      wasAnswered = true;
      const stamped = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(stamped)) return;
      lastDate = stamped;
      const bounds: Bounds = { lowest: stamped - receivedAt, tooHigh: stamped + 1000 - sentAt };
      const { lowest, tooHigh } = bounds;
      if (offset === null) {
        offset = lowest;
      } else if (isNear(offset, bounds)) {
        if (lowest > offset || offset > tooHigh) offset = lowest;
        isConfirmed = true;
        doubtful = null;
      } else if (doubtful !== null && isNear(doubtful, bounds)) {
        jump(offset, lowest);
        isConfirmed = true;
        doubtful = null;
      } else if (!isConfirmed && lowest < offset) {
        doubtful = offset;
        jump(offset, lowest);
      } else {
        doubtful = lowest;
      }
    },
    now() {
      if (offset === null && wasAnswered) throw undatedError();
      if (offset === null) throw new Error('the org has not sent its time yet: authenticate first');
      lastNow = Math.max(lastNow + 1, Math.floor(offset + monotonic()));
      return lastNow;
    },
    get lastDate() {
      return lastDate;
    },
    get inDoubt() {
      return !isConfirmed || doubtful !== null;
    },
  };
}

/** Salesforce puts a Date header in every reply. */
function undatedError(): TransientError {
  return new TransientError({
    message:
      'the org’s replies have no Date header that tells its time: a proxy between this machine and Salesforce removes it',
    hint: 'Make the proxy pass the Date header on, or bypass the proxy (HTTPS_PROXY, NO_PROXY). The request is retried.',
  });
}

function isNear(offset: number, { lowest, tooHigh }: Bounds): boolean {
  return offset >= lowest - JUMP_MS && offset <= tooHigh + JUMP_MS;
}
