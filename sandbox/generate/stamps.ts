import type { Random } from './random.ts';

/** The days that a generated org has lived; fixed, so that an org is the same whenever it is generated. */
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

/** When everything that nobody changes was set up. */
export const SET_UP = iso(FOUNDED);

export interface Stamps {
  readonly CreatedDate: string;
  readonly LastModifiedDate: string;
  readonly SystemModstamp: string;
}

/** Seconds since 1970 at which a record was made: on or after `from`, where there is such a day. */
export function createdAt(random: Random, from = FOUNDED): number {
  return Math.min(from + random.int(Math.max(1, NEWEST - 30 * DAY - from)), NEWEST - DAY);
}

/** The stamps of a record that was made then, and mostly changed since. */
export function stampsOf(random: Random, created: number): Stamps {
  const changed = created + random.int(Math.min(120 * DAY, NEWEST - created));
  const job = random.pick(MASS_UPDATES);
  const system = random.chance(IN_MASS_UPDATE_PERCENT) && job >= changed ? job : changed;
  return { CreatedDate: iso(created), LastModifiedDate: iso(changed), SystemModstamp: iso(system) };
}

export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** `YYYY-MM-DD`, some days after. */
export function dayAfter(seconds: number, days: number): string {
  return iso(seconds + days * DAY).slice(0, 10);
}

/** An open deal closes after the newest stamp. */
export function isOver(seconds: number, days: number): boolean {
  return seconds + days * DAY < NEWEST;
}
