import { NotAdmittedError } from '../port/errors.ts';

/**
 * The tolerance for times after the org's clock: the clocks of several workers differ by seconds. Passes overlap by
 * more, so one of the next passes brings in what is outdated by less.
 */
const AHEAD_MS = 10 * 60_000;

/**
 * Reports whether a time is after the org's clock.
 *
 * @param time milliseconds since 1970
 * @param now ISO
 */
export function isAhead(time: number, now: string): boolean {
  return time > Date.parse(now) + AHEAD_MS;
}

/**
 * Refuses a backfill start in the past, which would sweep too little. A new backfill starts at the org's current time.
 *
 * @param known the times up to which the index has been filled, ISO
 */
export function checkStart(start: string, known: readonly string[]): void {
  if (known.some((time) => isAhead(Date.parse(time), start)))
    throw new NotAdmittedError(
      `a complete backfill cannot start at ${start}, more than ${AHEAD_MS / 60_000} minutes before what is indexed already`,
    );
}
