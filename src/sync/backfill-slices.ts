import type { BackfillPosition } from '../index/port/backfill.ts';
import type { TakenBatch } from '../index/port/documents.ts';
import { IndexReplacedError } from '../index/port/errors.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { ObjectName } from '../objects/index.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { checkSchema } from './held-schema.ts';
import { readAhead } from './read-ahead.ts';
import type { SliceInput } from './slice-input.ts';
import { type Held, type Piece, readSlices } from './slice-pieces.ts';

/**
 * Memory limit of a slice, in characters. A slice of records with the longest texts that Salesforce allows would
 * otherwise take gigabytes.
 */
export const SLICE_CHARACTERS = 100_000_000;

/** Memory limit of what is read ahead, in characters. */
const CHARACTERS_AHEAD = 8_000_000;

/** Records without text take memory, too: this many characters each. */
const CHARACTERS_PER_RECORD = 500;

export interface SlicesInput extends Omit<SliceInput, 'object' | 'progress'> {
  /** The objects to read, in their order. `from` belongs to the first. */
  readonly objects: readonly [ObjectName, ...ObjectName[]];
  /** Asked before each slice but the first: may it begin? */
  readonly mayBegin: () => boolean;
  /** Asked after each slice that is written: must the work end now? What is read ahead is dropped then. */
  readonly mustEnd: () => boolean;
  /** Receives the number of the object's records that were read since its first slice began. */
  readonly progress: (object: ObjectName, read: number) => void;
}

/** What was read of an object. */
export interface ObjectRead {
  readonly position: BackfillPosition;
  readonly counts: Counts;
}

/**
 * Reads and writes slices of a complete backfill, object by object: the first slice in any case, and others while they
 * may begin. While one is written, the next ones are read. The transaction of a slice's last batch also moves the
 * position in the index, so an interrupted slice is read again as a whole, and nothing is lost or counted twice. What
 * is read keeps the version of its own query.
 *
 * If a slice cannot be read after others were written, the result is what was written: the next call meets the error
 * again, if it is still there.
 *
 * @returns the first object, and the others of which something was read
 * @throws IndexReplacedError if the index does not have this backfill, or is behind the run
 * @throws ClockSetBackError if the index has versions ahead of the org's clock
 */
export async function backfillSlices(input: SlicesInput): Promise<ReadonlyMap<ObjectName, ObjectRead>> {
  const { store, fence, signal, objects } = input;
  const held = await heldIn(input);
  const stopping = new AbortController();
  const reading: SlicesInput = { ...input, signal: AbortSignal.any([signal, stopping.signal]) };
  const pieces = readAhead(
    endingWithError(taken(readObjects(reading, held), store)),
    { most: CHARACTERS_AHEAD, sizeOf: (piece) => ('size' in piece ? piece.size : 0) },
    () => stopping.abort(),
  );
  const found = new Map<ObjectName, ObjectRead>([[objects[0], { position: held.of(objects[0]), counts: NO_COUNTS }]]);
  let isWritten = false;
  for await (const piece of pieces) {
    if ('error' in piece) {
      if (!isWritten || signal.aborted) throw piece.error;
      break;
    }
    if ('notes' in piece) {
      await store.noteStreams(fence, piece.notes);
      continue;
    }
    const written = await piece.taken.write(fence);
    const { object, read } = piece;
    const before = found.get(object) ?? { position: held.of(object), counts: NO_COUNTS };
    const counts = addCounts(before.counts, { ...countsOf(written), read });
    found.set(object, { position: piece.position ?? before.position, counts });
    if (piece.position === undefined) continue;
    isWritten = true;
    if (input.mustEnd()) break;
  }
  return found;
}

async function* readObjects(
  { objects, progress, mayBegin, ...input }: SlicesInput,
  held: HeldInIndex,
): AsyncGenerator<Piece, void, undefined> {
  for (const object of objects) {
    if (object !== objects[0] && !mayBegin()) return;
    const slice = { ...input, object, progress: (read: number) => progress(object, read) };
    yield* readSlices(slice, { ...held, from: held.of(object) }, mayBegin);
  }
}

/** A piece that the store has taken. */
type TakenPiece =
  | {
      readonly object: ObjectName;
      readonly taken: TakenBatch;
      readonly position: BackfillPosition | undefined;
      readonly read: number;
      readonly size: number;
    }
  | Extract<Piece, { readonly notes: unknown }>;

type Failure = { readonly error: unknown };

async function* taken(pieces: AsyncIterable<Piece>, store: RunStore): AsyncGenerator<TakenPiece, void, undefined> {
  for await (const piece of pieces) {
    if ('notes' in piece) yield piece;
    else {
      const { object, batch, read } = piece;
      const position = batch.position?.position;
      yield { object, taken: await store.take(batch), position, read, size: sizeOf(piece) };
    }
  }
}

async function* endingWithError(
  pieces: AsyncIterable<TakenPiece>,
): AsyncGenerator<TakenPiece | Failure, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    yield { error };
  }
}

/** Returns the memory that a part of a slice takes, in characters. */
function sizeOf({ batch: { records = [], shares = [] }, characters }: Extract<Piece, { batch: unknown }>): number {
  return characters + CHARACTERS_PER_RECORD * Math.max(records.length, shares.length);
}

/** What the index knew when the reading began. */
interface HeldInIndex extends Omit<Held, 'from'> {
  readonly of: (object: ObjectName) => BackfillPosition;
}

/** Returns the index's positions, which are where the data is. They may be ahead of the run's, but not behind it. */
async function heldIn({ store, fence, schema, objects, start, from }: SlicesInput): Promise<HeldInIndex> {
  const state = await store.state();
  const { backfill } = state;
  if (state.indexId !== fence.indexId || backfill?.start !== start) {
    throw new IndexReplacedError(
      `the index does not have the backfill that began at ${start}: it was replaced during the run; the next run starts over`,
    );
  }
  checkSchema(state, schema);
  const of = (object: ObjectName): BackfillPosition =>
    backfill.positions[object] ?? { cursor: null, done: false, recordsRead: 0 };
  const [first] = objects;
  if (of(first).recordsRead < (from?.recordsRead ?? 0)) {
    throw new IndexReplacedError(
      `the index is behind the run in ${first}: it was restored from a copy during the run; the next run continues from what it contains`,
    );
  }
  return { of, contacts: state.contacts === 'controlled' ? 'controlled' : 'own', blocked: state.blocked };
}
