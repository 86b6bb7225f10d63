import { TransientError } from './errors.ts';

/** The org's clock as its replies show it: `Date` headers (whole seconds) and the monotonic time between them. */
export interface OrgClock {
  /**
   * The org's time in ms since 1970, never later than it really is, and larger at every call, except after the org's
   * clock was set back by more than a minute: then it follows. Throws while no reply has come yet, and a `TransientError`
   * where none had a `Date`.
   */
  now(): number;
  /** The last `Date` header, ms since 1970; null before the first reply. */
  readonly lastDate: number | null;
  /**
   * Only one reply has come yet, or the last one was stamped more than a minute away from the expected time, so that `now()`
   * does not follow it. Two further replies at most settle it, where no more than one of them lies.
   */
  readonly inDoubt: boolean;
}

export interface ClockReading {
  /** The reply's `Date` header. */
  readonly date: string | undefined;
  /** Monotonic ms at which the request was sent, and at which its reply began. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** A larger difference from the expected time is a jump. */
const JUMP_MS = 60_000;

/** What one reply says of the offset, which is the org's time less the monotonic time: `lowest` <= offset < `tooHigh`. */
interface Bounds {
  readonly lowest: number;
  readonly tooHigh: number;
}

/**
 * A reply stamped D says: at `receivedAt` the org's clock was at D or later, and at `sentAt` it was before D + 1 s. The
 * best lower bound is kept until a reply proves it too high (the clocks drift, or the org's was set back).
 *
 * One reply may lie: a proxy or a broken app server stamps it with another time. A jump counts once a second reply in a
 * row confirms it. The first reply of a process has nothing to be checked against: until a second one confirms it, an
 * earlier time wins, because a time that is too late freezes what is written with it.
 */
export function createClock(monotonic: () => number): OrgClock & { observe(reading: ClockReading): void } {
  let offset: number | null = null;
  let isConfirmed = false;
  /** What the last reply said of the offset, where that is a jump. */
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
      if (offset === null) throw new Error('the org has not told its time yet: authenticate first');
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

/** Salesforce dates every reply. */
function undatedError(): TransientError {
  return new TransientError({
    message:
      'the org’s replies have no Date header that tells its time: a proxy between this machine and Salesforce removes it',
    hint: 'Have the proxy pass the header Date on, or reach the org past the proxy (HTTPS_PROXY, NO_PROXY). The request is sent again.',
  });
}

function isNear(offset: number, { lowest, tooHigh }: Bounds): boolean {
  return offset >= lowest - JUMP_MS && offset <= tooHigh + JUMP_MS;
}
