import type { BackfillPosition } from '../index/port/backfill.ts';
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
const CHARACTERS_AHEAD = 20_000_000;

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
    endingWithError(prepared(readSlices(reading, held, input.mayBegin), store)),
    { most: CHARACTERS_AHEAD, sizeOf },
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
    const written = await store.write(fence, piece.batch);
    counts = addCounts(counts, { ...countsOf(written), read: piece.read });
    if (piece.batch.position === undefined) continue;
    ({ position } = piece.batch.position);
    if (input.mustEnd()) break;
  }
  return { position, counts };
}

async function* prepared(pieces: AsyncIterable<Piece>, store: RunStore): AsyncGenerator<Piece, void, undefined> {
  for await (const piece of pieces) {
    if ('notes' in piece) yield piece;
    else yield { ...piece, batch: await store.prepare(piece.batch) };
  }
}

type Failure = { readonly error: unknown };

async function* endingWithError(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece | Failure, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    yield { error };
  }
}

function sizeOf(piece: Piece | Failure): number {
  if (!('batch' in piece)) return 0;
  const { records = [], shares = [] } = piece.batch;
  return piece.characters + CHARACTERS_PER_RECORD * Math.max(records.length, shares.length);
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
