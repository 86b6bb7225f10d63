import type { Random } from './random.ts';

/**
 * The first and the last day of a generated org, in seconds since 1970. They are fixed, so that an org doesn't depend
 * on when it is generated.
 */
const FOUNDED = Date.UTC(2022, 0, 3) / 1000;
const NEWEST = Date.UTC(2026, 0, 1) / 1000;
const DAY = 24 * 60 * 60;

/** Jobs that wrote many records at once, so that these share one SystemModstamp. */
const MASS_UPDATES = [
  Date.UTC(2023, 5, 18, 2) / 1000,
  Date.UTC(2024, 8, 8, 1, 30) / 1000,
  Date.UTC(2025, 2, 2, 2) / 1000,
  Date.UTC(2025, 10, 16, 3) / 1000,
];
const IN_MASS_UPDATE_PERCENT = 15;

/** The time at which everything that never changes was set up. */
export const SET_UP = iso(FOUNDED);

export interface Stamps {
  readonly CreatedDate: string;
  readonly LastModifiedDate: string;
  readonly SystemModstamp: string;
}

/**
 * Returns the time at which a record was created, in seconds since 1970: at or after `from`, except near the org's last
 * day.
 */
export function createdAt(random: Random, from = FOUNDED): number {
  return Math.min(from + random.int(Math.max(1, NEWEST - 30 * DAY - from)), NEWEST - DAY);
}

/** Returns the stamps of a record that was created then and, usually, changed since. */
export function stampsOf(random: Random, created: number): Stamps {
  const changed = created + random.int(Math.min(120 * DAY, NEWEST - created));
  const job = random.pick(MASS_UPDATES);
  const system = random.chance(IN_MASS_UPDATE_PERCENT) && job >= changed ? job : changed;
  return { CreatedDate: iso(created), LastModifiedDate: iso(changed), SystemModstamp: iso(system) };
}

export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** Returns a date as `YYYY-MM-DD`, a number of days later. */
export function dayAfter(seconds: number, days: number): string {
  return iso(seconds + days * DAY).slice(0, 10);
}

/** Whether that day is before the newest stamp. An open deal closes after it. */
export function isOver(seconds: number, days: number): boolean {
  return seconds + days * DAY < NEWEST;
}
