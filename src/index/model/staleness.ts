import { OBJECT_NAMES, type ObjectName } from '../../objects/index.ts';
import type { ObjectVisibility, Stale } from '../port/visibility.ts';

/**
 * What an index knows about how much of each object its runs could see. It shows which documents may be stale, and
 * which objects may have been read incompletely. Pure: each function returns the next state. Times are ISO, on the
 * org's clock.
 */
export interface Staleness {
  readonly seen: Readonly<Partial<Record<ObjectName, Seen>>>;
  readonly stale: readonly Omit<Stale, 'hidden'>[];
}

interface Seen {
  /** The visibility that the last run found. Null: no run has looked. */
  readonly sight: ObjectVisibility | null;
  /** How it is known that records are hidden from the integration user. Null: it is not known. */
  readonly hiddenBy: 'rights' | 'counts' | null;
  /**
   * The last time when the object was surely visible completely: the end of the last pass or the start of the last
   * backfill with equal rights before and after. At first, the time when the rights were first read.
   */
  readonly whole: string | null;
  /** The same for the last pass or backfill, after which no run has read the rights yet. */
  readonly read: string | null;
  /** The start of the last complete backfill that swept the object. */
  readonly swept: string | null;
  /** Until then something may have been missed. Null once a backfill that began later has read the object. */
  readonly missed: string | null;
}

/** Before any backfill. */
const LONG_AGO = new Date(0).toISOString();

const UNSEEN: Seen = { sight: null, hiddenBy: null, whole: null, read: null, swept: null, missed: null };

/** Returns the objects whose documents may be stale, as an operator sees them. */
export function staleObjects({ seen, stale }: Staleness): Stale[] {
  return stale.map((note) => ({ ...note, hidden: (seen[note.object] ?? UNSEEN).hiddenBy !== null }));
}

/** Returns the objects that may have been read incompletely, and that no backfill has read since. */
export function missedObjects({ seen }: Staleness): ObjectName[] {
  return OBJECT_NAMES.filter((name) => typeof seen[name]?.missed === 'string');
}

/** Reports whether a backfill that began at `start` may have missed records only because they were hidden. */
export function mayHaveBeenHidden({ seen, stale }: Staleness, object: ObjectName, start: string): boolean {
  const { hiddenBy, missed } = seen[object] ?? UNSEEN;
  if (missed !== null && isBefore(start, missed)) return true;
  return hiddenBy !== null && stale.some((note) => note.object === object);
}

/**
 * Returns the state after a run has read, at `at`, what the integration user's rights show. If the rights were changed
 * since the previous run read them, records may have been hidden in between, even if nothing is hidden at either time.
 */
export function rightsRead(
  known: Staleness,
  visibility: Readonly<Partial<Record<ObjectName, ObjectVisibility>>>,
  { run, at }: { readonly run: number; readonly at: string },
): Staleness {
  return OBJECT_NAMES.reduce((all, object) => {
    const sight = visibility[object];
    if (sight === undefined) return all;
    const before = all.seen[object] ?? UNSEEN;
    const now = { ...before, sight };
    if (!sight.whole) {
      if (before.hiddenBy === 'rights') return withSeen(all, object, now);
      return hide(all, object, { ...now, hiddenBy: 'rights' }, { run, since: before.whole });
    }
    if (before.hiddenBy === 'rights') return withSeen(all, object, { ...now, hiddenBy: null, missed: at });
    if (isTouched(before.sight, sight)) return withSeen(all, object, { ...now, read: null, missed: at });
    return withSeen(all, object, { ...now, whole: before.read ?? before.whole ?? at });
  }, known);
}

/**
 * Returns the state after an incremental pass up to `before`. `shares` says what the counts show of each share table
 * that the pass counted.
 */
export function passEnded(
  known: Staleness,
  shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  { run, before: at }: { readonly run: number; readonly before: string },
): Staleness {
  return OBJECT_NAMES.reduce((all, object) => {
    let seen = all.seen[object] ?? UNSEEN;
    if (shares[object] === 'hidden' && seen.hiddenBy === null) {
      const since = seen.whole ?? seen.swept ?? at;
      return hide(all, object, { ...seen, hiddenBy: 'counts' }, { run, since });
    }
    if (shares[object] === 'shown' && seen.hiddenBy === 'counts') seen = { ...seen, hiddenBy: null, missed: at };
    return withSeen(all, object, isSeenWhole(seen) ? { ...seen, read: at } : seen);
  }, known);
}

/** Returns the state after the sweep of a backfill that began at `start`, which succeeded or was stopped. */
export function sweepEnded(
  known: Staleness,
  object: ObjectName,
  stopped: Pick<Stale, 'wouldRemove' | 'of'> | null,
  { run, start }: { readonly run: number; readonly start: string },
): Staleness {
  const before = known.seen[object] ?? UNSEEN;
  const isRead = before.missed !== null && !isBefore(start, before.missed);
  const seen = isRead ? { ...before, missed: null } : before;
  if (stopped !== null) {
    const since = seen.swept ?? seen.whole ?? start;
    return withNote(withSeen(known, object, seen), { object, run, since, ...stopped });
  }
  const stale = known.stale.filter((note) => note.object !== object);
  const swept: Seen = { ...seen, hiddenBy: seen.hiddenBy === 'counts' ? null : seen.hiddenBy, swept: start };
  const isLater = swept.read === null || isBefore(swept.read, start);
  return withSeen({ ...known, stale }, object, isSeenWhole(swept) && isLater ? { ...swept, read: start } : swept);
}

/**
 * Takes back everything after `now`, because the org's clock was ahead. What was missed by then counts as missed until
 * a backfill has read it.
 */
export function rewound(known: Staleness, now: string): Staleness {
  const upToNow = (time: string | null): string | null => (time !== null && isBefore(now, time) ? null : time);
  const seen: Partial<Record<ObjectName, Seen>> = {};
  for (const name of OBJECT_NAMES) {
    const before = known.seen[name];
    if (before === undefined) continue;
    const { whole, read, swept, missed } = before;
    seen[name] = {
      ...before,
      whole: upToNow(whole),
      read: upToNow(read),
      swept: upToNow(swept),
      missed: typeof missed === 'string' ? (upToNow(missed) ?? LONG_AGO) : null,
    };
  }
  return { seen, stale: known.stale.map((note) => ({ ...note, since: upToNow(note.since) ?? now })) };
}

/** Returns the latest time in the state, ISO. Null: there is none. */
export function latestIn({ seen, stale }: Staleness): string | null {
  const times = [
    ...Object.values(seen).flatMap(({ whole, read, swept, missed }) => [whole, read, swept, missed]),
    ...stale.map(({ since }) => since),
  ].filter((time) => typeof time === 'string');
  return times.toSorted((one, other) => Date.parse(other) - Date.parse(one))[0] ?? null;
}

function isTouched(before: ObjectVisibility | null, { traces }: ObjectVisibility): boolean {
  return Object.entries(before?.traces ?? {}).some(
    ([what, hash]) => traces[what] !== undefined && traces[what] !== hash,
  );
}

function isSeenWhole({ sight, hiddenBy, missed }: Seen): boolean {
  return sight?.whole === true && hiddenBy === null && missed === null;
}

/**
 * Hides the object. An object that was never completely visible is reported as a coverage gap of the run, and is not
 * stale.
 */
function hide(
  known: Staleness,
  object: ObjectName,
  seen: Seen,
  { run, since }: { readonly run: number; readonly since: string | null },
): Staleness {
  const next = withSeen(known, object, { ...seen, whole: null, read: null, missed: null });
  return since === null ? next : withNote(next, { object, run, since, wouldRemove: null, of: null });
}

function withSeen(known: Staleness, object: ObjectName, seen: Seen): Staleness {
  return { ...known, seen: { ...known.seen, [object]: seen } };
}

/** Adds a note. An object that already has one retains its beginning. */
function withNote({ seen, stale }: Staleness, note: Omit<Stale, 'hidden'>): Staleness {
  const before = stale.find(({ object }) => object === note.object);
  const others = stale.filter(({ object }) => object !== note.object);
  const { wouldRemove, of } = note.of === null && before !== undefined ? before : note;
  return { seen, stale: [...others, { ...note, ...before, wouldRemove, of }] };
}

function isBefore(time: string, other: string): boolean {
  return Date.parse(time) < Date.parse(other);
}

/** The guard allows this many in any case: a small object may well lose a fifth of its records. */
const UNGUARDED = 50;

/**
 * Whether `missing` of `of` records look like access that the integration user lost, rather than like records that
 * people deleted. Pure.
 */
export function looksLikeLostAccess(missing: number, of: number, guardPercent: number): boolean {
  return missing > UNGUARDED && missing * 100 > of * guardPercent;
}
