import type { BackfillPosition } from '../index/port/backfill.ts';
import type { TakenBatch, WriteBatch } from '../index/port/documents.ts';
import { IndexReplacedError } from '../index/port/errors.ts';
import type { RunStore } from '../index/port/run-store.ts';
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

export interface SlicesInput extends SliceInput {
  /** Asked after each slice that is read: may another one begin? */
  readonly mayBegin: () => boolean;
  /** Asked after each slice that is written: must the work end now? What is read ahead is dropped then. */
  readonly mustEnd: () => boolean;
}

/**
 * Reads and writes slices of an object in a complete backfill, the first of them in any case. While one is written, the
 * next ones are read. The transaction of a slice's last batch also moves the position in the index, so an interrupted
 * slice is read again as a whole, and nothing is lost or counted twice. What is read keeps the version of its own
 * query.
 *
 * If a slice cannot be read after others were written, the result is what was written: the next call meets the error
 * again, if it is still there.
 *
 * @throws IndexReplacedError if the index does not have this backfill, or is behind the run
 * @throws ClockSetBackError if the index has versions ahead of the org's clock
 */
export async function backfillSlices(input: SlicesInput): Promise<{ position: BackfillPosition; counts: Counts }> {
  const { store, fence, signal } = input;
  const held = await heldPosition(input);
  const stopping = new AbortController();
  const reading: SliceInput = { ...input, signal: AbortSignal.any([signal, stopping.signal]) };
  const pieces = readAhead(
    endingWithError(taken(readSlices(reading, held, input.mayBegin), store)),
    { most: CHARACTERS_AHEAD, sizeOf: (piece) => ('size' in piece ? piece.size : 0) },
    () => stopping.abort(),
  );
  let position = held.from;
  let counts = NO_COUNTS;
  for await (const piece of pieces) {
    if ('error' in piece) {
      if (position === held.from || signal.aborted) throw piece.error;
      break;
    }
    if ('notes' in piece) {
      await store.noteStreams(fence, piece.notes);
      continue;
    }
    const written = await piece.taken.write(fence);
    counts = addCounts(counts, { ...countsOf(written), read: piece.read });
    if (piece.position === undefined) continue;
    ({ position } = piece.position);
    if (input.mustEnd()) break;
  }
  return { position, counts };
}

/** A piece that the store has taken. */
type TakenPiece =
  | {
      readonly taken: TakenBatch;
      readonly position: WriteBatch['position'];
      readonly read: number;
      readonly size: number;
    }
  | Extract<Piece, { readonly notes: unknown }>;

type Failure = { readonly error: unknown };

async function* taken(pieces: AsyncIterable<Piece>, store: RunStore): AsyncGenerator<TakenPiece, void, undefined> {
  for await (const piece of pieces) {
    if ('notes' in piece) yield piece;
    else {
      const { batch, read } = piece;
      yield { taken: await store.take(batch), position: batch.position, read, size: sizeOf(piece) };
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

/** Returns the index's position, which is where the data is. It may be ahead of the run's, but not behind it. */
async function heldPosition({ store, fence, schema, object, start, from }: SliceInput): Promise<Held> {
  const state = await store.state();
  if (state.indexId !== fence.indexId || state.backfill?.start !== start) {
    throw new IndexReplacedError(
      `the index does not have the backfill that began at ${start}: it was replaced during the run; the next run starts over`,
    );
  }
  checkSchema(state, schema);
  const held = state.backfill.positions[object] ?? { cursor: null, done: false, recordsRead: 0 };
  if (held.recordsRead < (from?.recordsRead ?? 0)) {
    throw new IndexReplacedError(
      `the index is behind the run in ${object}: it was restored from a copy during the run; the next run continues from what it contains`,
    );
  }
  const contacts = state.contacts === 'controlled' ? 'controlled' : 'own';
  return { from: held, contacts, blocked: state.blocked };
}
