import { clustersOf, foldInPlace, foldSettled, isContinuing } from './fold.ts';
import { settle } from './fold-rules.ts';

/**
 * The number of characters folded together. The position of a match in the original is computed only within its piece.
 */
const PIECE = 1_024;
/** A piece ends at a space if there is one among this many last characters, so that no letter loses its marks. */
const MARGIN = 128;
/** This many characters that fold in place cost as much as one that does not. */
const PER_CHARACTER = 8;

interface Piece {
  /** The start of the piece in the folded text and in the original. */
  readonly foldedAt: number;
  readonly originalAt: number;
  readonly original: string;
  /** Each folded character comes from the original character at the same offset. */
  readonly isInPlace: boolean;
}

/** The beginning of a folded text, with the origin of each of its characters. */
export class FoldedText {
  readonly text: string;
  /**
   * The number of characters before or after folding, the larger of the two. Characters that fold in place count
   * little.
   */
  readonly cost: number;
  readonly #pieces: readonly Piece[];
  #mapped: { readonly piece: Piece; readonly starts: number[]; readonly ends: number[] } | null = null;

  /** @param most the budget for `cost`. One piece may exceed it: a letter can become up to eighteen. */
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

  /** Returns where the letter behind the folded character at `at` begins in the original. */
  startOf(at: number): number {
    const piece = this.#pieceAt(at);
    if (piece.isInPlace) return piece.originalAt + at - piece.foldedAt;
    return this.#map(piece).starts[at - piece.foldedAt] ?? piece.originalAt + piece.original.length;
  }

  /** Returns where that letter ends, including marks that vanished after it. */
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
    // What vanished belongs to the letter before it.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = at;
  }
  return { starts, ends };
}
