import { fold, isPlain } from './normalize.ts';

/** Characters that are folded at once; where a match is in the original is worked out for its piece alone. */
const PIECE = 1_024;
/** A piece ends at a space where there is one among its last characters, so that no letter loses its marks. */
const MARGIN = 128;

interface Piece {
  /** Where the piece begins, in the folded text and in the original. */
  readonly foldedAt: number;
  readonly originalAt: number;
  readonly original: string;
}

/** The beginning of a folded text, and where in the original each of its characters comes from. */
export class FoldedText {
  readonly text: string;
  /** Characters that were folded, or that they became, whichever are more. */
  readonly cost: number;
  /** Null: each character comes from the one at its own place. */
  readonly #pieces: readonly Piece[] | null;
  #mapped: { readonly piece: Piece; readonly starts: number[]; readonly ends: number[] } | null = null;

  /** @param most characters to fold. It may be passed by one piece: a letter can become up to eighteen. */
  constructor(whole: string, most: number) {
    const original = whole.slice(0, Math.max(0, most));
    if (isPlain(original)) {
      this.text = fold(original);
      this.cost = original.length;
      this.#pieces = null;
      return;
    }
    const pieces: Piece[] = [];
    const folded: string[] = [];
    let foldedAt = 0;
    let originalAt = 0;
    while (originalAt < original.length && foldedAt < most) {
      const piece = original.slice(originalAt, pieceEnd(original, originalAt));
      const text = fold(piece);
      pieces.push({ foldedAt, originalAt, original: piece });
      folded.push(text);
      foldedAt += text.length;
      originalAt += piece.length;
    }
    this.text = folded.join('');
    this.cost = Math.max(foldedAt, originalAt);
    this.#pieces = pieces;
  }

  /** Where the letter begins of which the folded character at `at` is made. */
  startOf(at: number): number {
    if (this.#pieces === null) return at;
    const { piece, starts } = this.#map(this.#pieces, at);
    return starts[at - piece.foldedAt] ?? piece.originalAt + piece.original.length;
  }

  /** Where that letter ends, with the marks that vanished behind it. */
  endOf(at: number): number {
    if (this.#pieces === null) return at + 1;
    const { piece, ends } = this.#map(this.#pieces, at);
    return ends[at - piece.foldedAt] ?? piece.originalAt + piece.original.length;
  }

  #map(pieces: readonly Piece[], at: number) {
    const piece = pieces.findLast(({ foldedAt }) => foldedAt <= at) ?? { foldedAt: 0, originalAt: 0, original: '' };
    if (this.#mapped?.piece !== piece) this.#mapped = { piece, ...mapLetters(piece) };
    return this.#mapped;
  }
}

function pieceEnd(text: string, from: number): number {
  const end = from + PIECE;
  if (end >= text.length) return text.length;
  const space = text.slice(end - MARGIN, end).lastIndexOf(' ');
  if (space !== -1) return end - MARGIN + space;
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
  for (const letter of original) {
    const folded = fold(letter);
    for (let n = 0; n < folded.length; n++) {
      starts.push(at);
      ends.push(at + letter.length);
    }
    at += letter.length;
    // A mark or joiner that vanished belongs to the letter before.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = at;
  }
  return { starts, ends };
}
