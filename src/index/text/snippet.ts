import { findMatches, type Range, type Work } from './matches.ts';
import type { Term } from './words.ts';

export interface Snippet {
  readonly text: string;
  readonly field: string | null;
}

/** The number of characters of text in a snippet. */
const LENGTH = 160;
const BEFORE = 50;
/** Longer matches are cut: a record may contain one word of 100,000 letters. */
const LONGEST = 240;

/** The work budget for all snippets of one page: some tenths of a second. */
const PAGE: Readonly<Work> = { characters: 2_000_000, steps: 1_000_000 };
/** The work budget that each of its hits has in any case. */
const HIT: Readonly<Work> = { characters: 10_000, steps: 4_000 };
/** The largest number of steps for one of its hits. */
const MOST_HIT_STEPS = 200_000;

/** The maker of snippets for one page of hits. */
export class Snippets {
  readonly #terms: readonly Term[];
  readonly #left: Work = { ...PAGE };

  constructor(terms: readonly Term[]) {
    this.#terms = terms;
  }

  /** Returns the snippet of one hit, within the page's budget: see `snippetOf`. */
  of(fields: Parameters<typeof snippetOf>[0]): Snippet {
    const characters = Math.max(HIT.characters, this.#left.characters);
    const steps = Math.max(HIT.steps, Math.min(MOST_HIT_STEPS, this.#left.steps));
    const work: Work = { characters, steps };
    const snippet = snippetOf(fields, this.#terms, work);
    this.#left.characters -= characters - work.characters;
    this.#left.steps -= steps - work.steps;
    return snippet;
  }
}

/**
 * Returns the text around the match, from the first field that has the most terms. Matches are between ⟦ and ⟧, which
 * the text itself never shows. Empty if `work` runs out before any term is found.
 *
 * @param fields readable fields only, in the object's order
 * @param work the work budget; on return, what is left of it
 */
export function snippetOf(
  fields: readonly (readonly [field: string, text: string])[],
  terms: readonly Term[],
  work: Work,
): Snippet {
  let best: { field: string; text: string; ranges: readonly Range[]; terms: number } | null = null;
  for (const [field, text] of terms.length === 0 ? [] : fields) {
    if (best?.terms === terms.length) break;
    const matches = findMatches(text, terms, work);
    if (matches.terms > (best?.terms ?? 0)) best = { field, text, ...matches };
  }
  return best === null ? { text: '', field: null } : { text: cut(best.text, best.ranges), field: best.field };
}

function cut(text: string, matches: readonly Range[]): string {
  const [first, firstEnd] = matches[0] ?? [0, 0];
  const start = first <= BEFORE ? 0 : wordStart(text, first - BEFORE, first);
  const most = Math.max(Math.min(firstEnd, characterStart(text, first + LONGEST)), wordEnd(text, start + LENGTH));
  const end = Math.min(text.length, most);
  let piece = '';
  let at = start;
  for (const [from, to] of matches) {
    if (from >= end) break;
    piece += `${shown(text.slice(at, from))}⟦${shown(text.slice(from, Math.min(to, end)))}⟧`;
    at = to;
  }
  piece += shown(text.slice(at, end));
  return `${start > 0 ? '…' : ''}${piece.trim()}${end < text.length ? '…' : ''}`;
}

function wordStart(text: string, from: number, until: number): number {
  const space = text.slice(from, until).search(/\s/);
  return space === -1 ? characterStart(text, from) : from + space + 1;
}

function wordEnd(text: string, until: number): number {
  if (until >= text.length) return text.length;
  const space = text.slice(0, until + 1).lastIndexOf(' ');
  return space > until - 40 ? space : characterStart(text, until);
}

/** Moves to a character's start: a cut must not separate the halves of a surrogate pair. */
function characterStart(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at;
}

function shown(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('⟦', '[').replaceAll('⟧', ']');
}
