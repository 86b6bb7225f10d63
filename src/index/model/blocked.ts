import type { Stream } from '../../facts/warnings.ts';
import { OBJECTS, type ObjectName } from '../../objects/index.ts';
import type { BlockedStream, StreamNotes } from '../port/progress.ts';
import type { Stale } from '../port/visibility.ts';

/** What an index knows about streams that the org does not answer. Pure: each function returns the next state. */

/** Deleted records stay in Salesforce's recycle bin, where queryAll finds them, for 15 days. */
export const RECYCLE_BIN_MS = 15 * 86_400_000;

export function isSameStream(one: Stream, other: Stream): boolean {
  return one.object === other.object && one.of === other.of;
}

/** Names the stream: `records of Account`, `share rows of Case`. */
export function includesStream(streams: readonly Stream[], stream: Stream): boolean {
  return streams.some((one) => isSameStream(one, stream));
}

/**
 * Returns the blocked streams after a run's notes.
 *
 * @param context `since`: how far each stream was read; `backfillStart`: the start of the open backfill, null without
 *   one
 */
export function streamsNoted(
  known: readonly BlockedStream[],
  { blocked = [], answering = [], dropped = [], at, inBackfill = false }: StreamNotes,
  context: {
    readonly run: number;
    readonly backfillStart: string | null;
    readonly since: (stream: Stream) => string | null;
  },
): BlockedStream[] {
  const kept = known
    .filter((note) => !includesStream([...dropped, ...blocked], note))
    .map((note) => (includesStream(answering, note) ? { ...note, answers: true } : note));
  const refused = blocked.map(({ object, of, code, message }): BlockedStream => {
    const before = known.find((note) => isSameStream(note, { object, of }));
    return {
      object,
      of,
      code,
      message,
      since: before?.since ?? context.since({ object, of }),
      at: before?.at ?? at,
      run: before?.run ?? context.run,
      triedIn: (inBackfill ? context.backfillStart : null) ?? before?.triedIn ?? null,
      missedBackfill: before?.missedBackfill ?? false,
      answers: false,
      rereads: before?.rereads ?? 0,
    };
  });
  return [...kept, ...refused];
}

/** Reports whether the backfill that began at `start` was refused the stream, and so has not read it completely. */
export function isUnreadBy(known: readonly BlockedStream[], stream: Stream, start: string): boolean {
  return known.some((note) => isSameStream(note, stream) && note.triedIn === start);
}

/** Returns the blocked streams after a backfill of these objects (null: all) that began at `start` has ended. */
export function backfillEnded(
  known: readonly BlockedStream[],
  objects: readonly ObjectName[] | null,
  start: string,
): BlockedStream[] {
  return known.map((note) => {
    if (objects !== null && !objects.includes(note.object)) return note;
    if (isUnreadBy(known, note, start))
      return { ...note, missedBackfill: true, answers: false, rereads: objects === null ? 0 : note.rereads + 1 };
    // This backfill read the stream, so only incremental passes are refused it.
    const isLater = note.since === null || Date.parse(note.since) < Date.parse(start);
    return { ...note, since: isLater ? start : note.since, missedBackfill: false, answers: false };
  });
}

/**
 * Decides whether only a backfill of its object makes up for what the stream missed. Otherwise the changes since it was
 * last read are enough. They include deletions only while the recycle bin holds them.
 *
 * @param now the org's time, ms
 */
export function needsBackfill({ of, since, missedBackfill }: BlockedStream, now: number): boolean {
  if (missedBackfill || since === null) return true;
  return of === 'records' && now - Date.parse(since) > RECYCLE_BIN_MS;
}

/** The pause after a refused backfill of this object alone. It doubles with each further refusal. */
const FIRST_PAUSE_MS = 3_600_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/**
 * Decides whether to try another backfill of this object alone. A backfill that is refused midway costs calls, and
 * delays the other objects.
 */
export function mayBeReadAgain({ triedIn, rereads }: BlockedStream, now: number): boolean {
  if (rereads === 0 || triedIn === null) return true;
  return now - Date.parse(triedIn) >= Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (rereads - 1));
}

/** Returns the objects whose documents depend on the stream. Access to an account gives access to its children. */
export function dependentObjects({ object }: Stream): ObjectName[] {
  const children = OBJECTS.filter(({ accountField }) => accountField !== null).map(({ name }) => name);
  return object === 'Account' ? [object, ...children] : [object];
}

/** Returns the objects whose documents are stale because of blocked streams, each with its oldest reason. */
export function staleByBlocks(blocked: readonly BlockedStream[]): Stale[] {
  const stale = new Map<ObjectName, Stale>();
  for (const { object: own, of, since, at, run } of blocked) {
    for (const object of dependentObjects({ object: own, of })) {
      const note: Stale = {
        object,
        since: since ?? at,
        run,
        wouldRemove: null,
        of: null,
        hidden: false,
        blockedBy: { object: own, of },
      };
      const before = stale.get(object);
      if (before === undefined || Date.parse(note.since) < Date.parse(before.since)) stale.set(object, note);
    }
  }
  return [...stale.values()];
}

/**
 * Takes back everything after `now` (ISO), because the org's clock was ahead. A stream that was read up to a later time
 * counts as never read.
 */
export function rewoundBlocks(blocked: readonly BlockedStream[], now: string): BlockedStream[] {
  const isLater = (time: string | null): boolean => time !== null && Date.parse(time) > Date.parse(now);
  return blocked.map((note) => ({
    ...note,
    since: isLater(note.since) ? null : note.since,
    at: isLater(note.at) ? now : note.at,
    triedIn: isLater(note.triedIn) ? null : note.triedIn,
  }));
}

/** Returns the latest time in the notes, ISO. Null: there is none. */
export function latestBlock(blocked: readonly BlockedStream[]): string | null {
  const times = blocked.flatMap(({ since, at }) => [since, at]).filter((time) => time !== null);
  return times.toSorted((one, other) => Date.parse(other) - Date.parse(one))[0] ?? null;
}

/** Merges the two lists. An object that is stale for both reasons is listed once. */
export function withBlocks(stale: readonly Stale[], byBlocks: readonly Stale[]): Stale[] {
  const blockOf = (object: ObjectName) => byBlocks.find((note) => note.object === object)?.blockedBy;
  return [
    ...stale.map((note) => {
      const blockedBy = blockOf(note.object);
      return blockedBy === undefined ? note : { ...note, blockedBy };
    }),
    ...byBlocks.filter(({ object }) => stale.every((note) => note.object !== object)),
  ];
}
