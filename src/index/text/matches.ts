import { FoldedText } from './folded-text.ts';
import { type Kind, kindOf, unspacedOf } from './letters.ts';
import { phoneNumbers } from './phones.ts';
import type { Term } from './words.ts';

/** A range of a text, in characters. */
export type Range = readonly [start: number, end: number];

/** The places where terms occur in a text. */
export interface Matches {
  /** How many of the terms occur. */
  readonly terms: number;
  /** In order, without overlaps: the matches that begin at most `NEAR` characters after the first one. */
  readonly ranges: readonly Range[];
}

/** The work budget that is left. It bounds the work for any query and any record. */
export interface Work {
  /** Characters of text that may still be folded. */
  characters: number;
  /** Steps: comparing two words, or scanning `PER_STEP` characters for the next place to compare. */
  steps: number;
}

/** Matches further after the first one are not shown. */
const NEAR = 400;
/** The characters that native code scans in the time of a step if every second one might begin a match. */
const PER_STEP = 16;
/** The characters that are scanned between two words of a phrase, and within a word that begins with a prefix. */
const LONGEST_GAP = 200;
const LONGEST_WORD = 400;

/** The number of marks on one letter that are examined. */
const MOST_MARKS = 16;

/** A phrase or run to find, and the term that it belongs to. */
interface Wanted {
  readonly term: number;
  /** Consecutive words; for a run of letters without spaces, the run. */
  readonly tokens: readonly string[];
  readonly isUnspaced: boolean;
  /** The last word may be the beginning of a longer one. */
  readonly isBeginning: boolean;
}

/** Finds the terms in the text, as far as `work` allows, and subtracts the work done from `work`. */
export function findMatches(text: string, terms: readonly Term[], work: Work): Matches {
  const folded = new FoldedText(text, work.characters);
  work.characters -= folded.cost;
  const search = new Search(folded.text, work);
  const firsts = wantedOf(terms).flatMap((wanted) => {
    const [first] = search.occurrences(wanted, { from: 0, until: folded.text.length, atMost: 1 });
    return first === undefined ? [] : [{ wanted, first }];
  });
  const start = Math.min(...firsts.map(({ first }) => first[0]));
  const near = firsts.flatMap(({ wanted, first }) =>
    first[0] > start + NEAR ? [] : search.occurrences(wanted, { from: first[0], until: start + NEAR, atMost: NEAR }),
  );
  const ranges = near.map(([from, to]): Range => [folded.startOf(from), folded.endOf(to - 1)]);
  return { terms: new Set(firsts.map(({ wanted }) => wanted.term)).size, ranges: joined(ranges) };
}

function wantedOf(terms: readonly Term[]): Wanted[] {
  return terms.flatMap(({ alternatives, isOpen }, term) =>
    alternatives.flatMap((phrases) =>
      phrases.map((phrase, at) => {
        const run = unspacedOf(phrase.tokens);
        return {
          term,
          tokens: run === null ? phrase.tokens : [run],
          isUnspaced: run !== null,
          isBeginning: phrase.prefix || (isOpen && at === phrases.length - 1),
        };
      }),
    ),
  );
}

interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  readonly atMost: number;
}

/** A search through one folded text. */
class Search {
  readonly #folded: string;
  readonly #work: Work;
  #phones: ReturnType<typeof phoneNumbers> | null = null;

  constructor(folded: string, work: Work) {
    this.#folded = folded;
    this.#work = work;
  }

  /** Returns the matches in order. */
  occurrences(wanted: Wanted, window: Window): Range[] {
    const { tokens, isUnspaced } = wanted;
    const [first = ''] = tokens;
    const isNumber = tokens.length === 1 && /^\p{Co}?\d+$/u.test(first);
    const found: Range[] = [];
    for (let at = window.from; found.length < window.atMost && this.#work.steps > 0; ) {
      const next = this.#folded.indexOf(first, at);
      const end = next === -1 ? this.#folded.length : next;
      this.#work.steps -= 1 + Math.ceil((end - at) / PER_STEP);
      if (next === -1 || next >= window.until) break;
      const match = isUnspaced ? this.#runEnd(next + first.length, wanted) : this.#phraseEnd(next, wanted);
      if (match !== null) found.push([next, match]);
      at = match ?? next + 1;
    }
    if (isNumber && this.#work.steps > 0) found.push(...this.#phoneOccurrences(wanted, window));
    return found.sort(([one], [other]) => one - other).slice(0, window.atMost);
  }

  /**
   * Returns where a run ends, including the marks of its last letter, which ends at `end`. Null: it has more marks than
   * were asked for.
   */
  #runEnd(end: number, { isBeginning }: Wanted): number | null {
    let at = end;
    while (at < end + MOST_MARKS && kindAt(this.#folded, at) === 'mark') at++;
    return at === end || isBeginning ? at : null;
  }

  /** Returns where the phrase that begins here ends. Null: it does not occur here. */
  #phraseEnd(start: number, { tokens, isBeginning }: Wanted): number | null {
    const folded = this.#folded;
    if (isInWord(folded, start - 1)) return null;
    let at = start;
    for (const [nth, token] of tokens.entries()) {
      this.#work.steps--;
      if (this.#work.steps <= 0) return null;
      const word = nth === 0 ? at : nextWord(folded, at);
      if (word === null || !folded.startsWith(token, word)) return null;
      at = word + token.length;
      if (nth === tokens.length - 1 && isBeginning) return wordEnd(folded, at);
      if (isInWord(folded, at)) return null;
    }
    return at;
  }

  /** Finds phone numbers by their digits, as `indexText` adds them. */
  #phoneOccurrences({ tokens: [digits = ''], isBeginning }: Wanted, { from, until }: Window): Range[] {
    this.#phones ??= phoneNumbers(this.#folded);
    this.#work.steps -= this.#phones.length;
    return this.#phones
      .filter(({ at }) => at >= from && at < until)
      .filter(({ indexed }) => indexed.some((word) => (isBeginning ? word.startsWith(digits) : word === digits)))
      .map(({ at, text }): Range => [at, at + text.length]);
  }
}

/** Returns where the next word begins. Null: it is too far away. */
function nextWord(folded: string, from: number): number | null {
  for (let at = from; at < from + LONGEST_GAP && at < folded.length; at++) if (isInWord(folded, at)) return at;
  return null;
}

function wordEnd(folded: string, from: number): number {
  let at = from;
  while (at < from + LONGEST_WORD && isInWord(folded, at)) at++;
  return at;
}

/** Reports whether the character at this place is a letter, digit or mark of a word, or half of one. */
function isInWord(folded: string, at: number): boolean {
  for (let letter = at; letter > at - MOST_MARKS; letter--) {
    const kind = kindAt(folded, letter);
    if (kind !== 'mark') return kind === 'letter';
  }
  return false;
}

function kindAt(folded: string, at: number): Kind {
  const code = folded.charCodeAt(at);
  const isSecondHalf = code >= 0xdc00 && code <= 0xdfff;
  return kindOf(folded.codePointAt(isSecondHalf ? at - 1 : at) ?? 0x20);
}

function joined(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = result.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
