import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Sight, Stale } from './port.ts';

/**
 * What an index knows of how much of each object its runs have seen, and which objects' documents may therefore be stale.
 * Pure: each function answers what is known next. All times are ISO, on the org's clock.
 */
export interface Staleness {
  readonly sights: Readonly<Partial<Record<ObjectName, ObjectSight>>>;
  readonly stale: readonly StaleNote[];
}

export type StaleNote = Omit<Stale, 'hidden' | 'seenAgain'>;

interface ObjectSight {
  /** By the integration user's rights, as the last run found them. */
  readonly rights: Sight;
  /** By what it is known that records are hidden from the integration user; null: it is not. */
  readonly hiddenBy: 'rights' | 'counts' | null;
  /** The last time that a run saw all of it; null: none has, or it is hidden since. */
  readonly whole: string | null;
  /** The start of the last complete backfill that swept it. */
  readonly swept: string | null;
  /** Since when it is seen whole again; null once a backfill that began later has read it. */
  readonly again: string | null;
}

const UNSEEN: ObjectSight = { rights: 'unknown', hiddenBy: null, whole: null, swept: null, again: null };

/** What an operator is told of it. */
export function staleObjects({ sights, stale }: Staleness): Stale[] {
  return stale.map((note) => {
    const { hiddenBy, again } = sights[note.object] ?? UNSEEN;
    return { ...note, hidden: hiddenBy !== null, seenAgain: again !== null };
  });
}

/** Objects of which records came into sight that no backfill has read since. */
export function seenAgain({ sights }: Staleness): ObjectName[] {
  return OBJECT_NAMES.filter((name) => typeof sights[name]?.again === 'string');
}

/** Whether a backfill that began at `start` may have missed records for no other reason than that they were hidden. */
export function wasHidden({ sights, stale }: Staleness, object: ObjectName, start: string): boolean {
  const { hiddenBy, again } = sights[object] ?? UNSEEN;
  if (!stale.some((note) => note.object === object)) return false;
  return hiddenBy !== null || (again !== null && isBefore(start, again));
}

/** A run has read, at `at`, what the integration user's rights show. */
export function rightsRead(
  known: Staleness,
  rights: Readonly<Record<ObjectName, Sight>>,
  { run, at }: { readonly run: number; readonly at: string },
): Staleness {
  return OBJECT_NAMES.reduce((all, object) => {
    const before = { ...(all.sights[object] ?? UNSEEN), rights: rights[object] };
    if (before.rights === 'partial' && before.hiddenBy !== 'rights')
      return hide(all, object, { ...before, hiddenBy: 'rights' }, { run, since: before.whole });
    if (before.rights === 'whole' && before.hiddenBy === 'rights')
      return withSight(all, object, { ...before, hiddenBy: null, again: at });
    return withSight(all, object, before);
  }, known);
}

/** An incremental pass up to `before` is over; `shares` says of the share tables that it counted what their counts show. */
export function passEnded(
  known: Staleness,
  shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  { run, before: at }: { readonly run: number; readonly before: string },
): Staleness {
  return OBJECT_NAMES.reduce((all, object) => {
    let sight = all.sights[object] ?? UNSEEN;
    if (shares[object] === 'hidden' && sight.hiddenBy === null) {
      const since = sight.whole ?? sight.swept ?? at;
      return hide(all, object, { ...sight, hiddenBy: 'counts' }, { run, since });
    }
    if (shares[object] === 'shown' && sight.hiddenBy === 'counts') sight = { ...sight, hiddenBy: null, again: at };
    const isWhole = sight.rights === 'whole' && sight.hiddenBy === null;
    return withSight(all, object, isWhole ? { ...sight, whole: at } : sight);
  }, known);
}

/** The sweep of a backfill that began at `start` has gone through, or was stopped. */
export function sweepEnded(
  known: Staleness,
  object: ObjectName,
  stopped: Pick<StaleNote, 'wouldRemove' | 'of'> | null,
  { run, start }: { readonly run: number; readonly start: string },
): Staleness {
  const before = known.sights[object] ?? UNSEEN;
  const sight = before.again !== null && !isBefore(start, before.again) ? { ...before, again: null } : before;
  if (stopped !== null) {
    const since = sight.swept ?? sight.whole ?? start;
    return withNote(withSight(known, object, sight), { object, run, since, ...stopped });
  }
  const hiddenBy = sight.hiddenBy === 'counts' ? null : sight.hiddenBy;
  const isWhole = sight.rights === 'whole' && hiddenBy === null;
  const whole = isWhole && (sight.whole === null || isBefore(sight.whole, start)) ? start : sight.whole;
  const stale = known.stale.filter((note) => note.object !== object);
  return withSight({ ...known, stale }, object, { ...sight, hiddenBy, whole, swept: start });
}

/** Who never saw it whole is told by the run's `closed`: its documents are what is seen of it, and not stale. */
function hide(
  known: Staleness,
  object: ObjectName,
  sight: ObjectSight,
  { run, since }: { readonly run: number; readonly since: string | null },
): Staleness {
  const next = withSight(known, object, { ...sight, whole: null, again: null });
  return since === null ? next : withNote(next, { object, run, since, wouldRemove: null, of: null });
}

function withSight(known: Staleness, object: ObjectName, sight: ObjectSight): Staleness {
  return { ...known, sights: { ...known.sights, [object]: sight } };
}

/** A note that stands keeps its beginning. */
function withNote({ sights, stale }: Staleness, note: StaleNote): Staleness {
  const before = stale.find(({ object }) => object === note.object);
  const others = stale.filter(({ object }) => object !== note.object);
  const { wouldRemove, of } = note.of === null && before !== undefined ? before : note;
  return { sights, stale: [...others, { ...note, ...before, wouldRemove, of }] };
}

function isBefore(time: string, other: string): boolean {
  return Date.parse(time) < Date.parse(other);
}
