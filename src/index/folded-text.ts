import { clustersOf, foldInPlace, foldSettled, isContinuing } from './fold.ts';
import { settle } from './fold-rules.ts';

/** Characters that are folded at once; where a match is in the original is worked out for its piece alone. */
const PIECE = 1_024;
/** A piece ends at a space where there is one among its last characters, so that no letter loses its marks. */
const MARGIN = 128;
/** So many characters that fold at their places cost as much as one that does not. */
const PER_CHARACTER = 8;

interface Piece {
  /** Where the piece begins, in the folded text and in the original. */
  readonly foldedAt: number;
  readonly originalAt: number;
  readonly original: string;
  /** Each folded character comes from the one at its own place. */
  readonly isInPlace: boolean;
}

/** The beginning of a folded text, and where in the original each of its characters comes from. */
export class FoldedText {
  readonly text: string;
  /** Characters that were folded, or that they became, whichever are more; those that fold at their places count little. */
  readonly cost: number;
  readonly #pieces: readonly Piece[];
  #mapped: { readonly piece: Piece; readonly starts: number[]; readonly ends: number[] } | null = null;

  /** @param most what folding may cost. It may be passed by one piece: a letter can become up to eighteen. */
  constructor(whole: string, most: number) {
    const text = settle(whole.slice(0, Math.max(0, most) * PER_CHARACTER));
    const pieces: Piece[] = [];
    const folded: string[] = [];
    let cost = 0;
    let foldedAt = 0;
    for (let originalAt = 0; originalAt < text.length && cost < most; ) {
      const original = text.slice(originalAt, pieceEnd(text, originalAt));
      const inPlace = foldInPlace(original);
      const piece = inPlace ?? foldSettled(original);
      pieces.push({ foldedAt, originalAt, original, isInPlace: inPlace !== null });
      folded.push(piece);
      foldedAt += piece.length;
      originalAt += original.length;
      cost += inPlace === null ? Math.max(piece.length, original.length) : original.length / PER_CHARACTER;
    }
    this.text = folded.join('');
    this.cost = Math.ceil(cost);
    this.#pieces = pieces;
  }

  /** Where the letter begins of which the folded character at `at` is made. */
  startOf(at: number): number {
    const piece = this.#pieceAt(at);
    if (piece.isInPlace) return piece.originalAt + at - piece.foldedAt;
    return this.#map(piece).starts[at - piece.foldedAt] ?? piece.originalAt + piece.original.length;
  }

  /** Where that letter ends, with the marks that vanished behind it. */
  endOf(at: number): number {
    const piece = this.#pieceAt(at);
    if (piece.isInPlace) return piece.originalAt + at - piece.foldedAt + 1;
    return this.#map(piece).ends[at - piece.foldedAt] ?? piece.originalAt + piece.original.length;
  }

  #pieceAt(at: number): Piece {
    return this.#pieces.findLast(({ foldedAt }) => foldedAt <= at) ?? NO_PIECE;
  }

  #map(piece: Piece) {
    if (this.#mapped?.piece !== piece) this.#mapped = { piece, ...mapLetters(piece) };
    return this.#mapped;
  }
}

const NO_PIECE: Piece = { foldedAt: 0, originalAt: 0, original: '', isInPlace: true };

function pieceEnd(text: string, from: number): number {
  const end = from + PIECE;
  if (end >= text.length) return text.length;
  const space = text.slice(end - MARGIN, end).lastIndexOf(' ');
  if (space !== -1) return end - MARGIN + space;
  for (let at = end; at < end + MARGIN && at < text.length; at++)
    if (!isSecondHalf(text, at) && !isContinuing(text, at)) return at;
  return isSecondHalf(text, end) ? end + 1 : end;
}

/** Whether the character is the second half of a surrogate pair. */
function isSecondHalf(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

function mapLetters({ originalAt, original }: Piece): { readonly starts: number[]; readonly ends: number[] } {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = originalAt;
  for (const letter of clustersOf(original)) {
    const folded = foldSettled(letter);
    for (let n = 0; n < folded.length; n++) {
      starts.push(at);
      ends.push(at + letter.length);
    }
    at += letter.length;
    // What vanished belongs to the letter before.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = at;
  }
  return { starts, ends };
}
