import { cjkRuns, fold, isPlain } from './normalize.ts';
import type { Phrase, Term } from './words.ts';

export interface Snippet {
  readonly text: string;
  readonly field: string | null;
}

/** Characters of text that a snippet shows. */
const LENGTH = 160;
const BEFORE = 50;

type Range = readonly [start: number, end: number];

/**
 * The piece of text around the match, of the field in which most terms are found, the first such field. Matches stand
 * between ⟦ and ⟧, which the text itself never shows.
 *
 * @param fields readable fields only, in the object's order
 */
export function snippetOf(
  fields: readonly (readonly [field: string, text: string])[],
  terms: readonly Term[],
): Snippet {
  const patterns = terms.map((term) => new RegExp(term.alternatives.flat().map(patternOf).join('|'), 'gu'));
  let best: { field: string; text: string; matches: Range[]; terms: number } | null = null;
  for (const [field, text] of fields) {
    const folded = foldMapped(text);
    const found = patterns.map((pattern) => rangesOf(folded, pattern));
    const count = found.filter((ranges) => ranges.length > 0).length;
    if (count > (best?.terms ?? 0)) best = { field, text, matches: joined(found.flat()), terms: count };
  }
  return best === null ? { text: '', field: null } : { text: cut(best.text, best.matches), field: best.field };
}

/** A folded text, and where in the original the letter of each of its characters begins and ends. */
interface Folded {
  readonly text: string;
  readonly startOf: (at: number) => number;
  readonly endOf: (at: number) => number;
}

function foldMapped(original: string): Folded {
  // Letter by letter, the longest texts take a twentieth of a second each.
  if (isPlain(original)) return { text: fold(original), startOf: (at) => at, endOf: (at) => at + 1 };
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const letter of original) {
    const folded = fold(letter);
    for (let n = 0; n < folded.length; n++) {
      starts.push(at);
      ends.push(at + letter.length);
    }
    text += folded;
    at += letter.length;
    // A mark or joiner that vanished belongs to the letter before.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = at;
  }
  return { text, startOf: (at) => starts[at] ?? 0, endOf: (at) => ends[at] ?? 0 };
}

function rangesOf({ text, startOf, endOf }: Folded, pattern: RegExp): Range[] {
  return [...text.matchAll(pattern)].map((match) => {
    const last = match.index + match[0].length - 1;
    return [startOf(match.index), endOf(last)] as const;
  });
}

function patternOf({ tokens, prefix }: Phrase): string {
  const [first = ''] = tokens;
  // Neighbouring bigrams share a letter; their run stands inside a longer one.
  if (cjkRuns(first)[0]?.cjk === true)
    return (
      first +
      tokens
        .slice(1)
        .map((pair) => Array.from(pair)[1] ?? '')
        .join('')
    );
  const gap = '[^\\p{L}\\p{N}]+';
  const end = prefix ? '[\\p{L}\\p{N}]*' : '(?![\\p{L}\\p{N}])';
  if (tokens.length === 1 && /^\d{7,}$/.test(first))
    return `(?<![\\p{L}\\p{N}])(?:\\+?1[^\\p{L}\\p{N}]*)?${[...first].join('[^\\p{L}\\p{N}]*')}${end}`;
  return `(?<![\\p{L}\\p{N}])${tokens.join(gap)}${end}`;
}

/** In order, without overlaps. */
function joined(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = result.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function cut(text: string, matches: readonly Range[]): string {
  const first = matches[0]?.[0] ?? 0;
  const start = first <= BEFORE ? 0 : wordStart(text, first - BEFORE, first);
  const end = Math.max(
    matches[0]?.[1] ?? 0,
    text.length - start <= LENGTH ? text.length : wordEnd(text, start + LENGTH),
  );
  let piece = '';
  let at = start;
  for (const [from, to] of matches) {
    if (to > end) break;
    piece += `${shown(text.slice(at, from))}⟦${shown(text.slice(from, to))}⟧`;
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
  const space = text.lastIndexOf(' ', until);
  return space > until - 40 ? space : characterStart(text, until);
}

/** Never between the halves of a surrogate pair. */
function characterStart(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at;
}

function shown(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('⟦', '[').replaceAll('⟧', ']');
}
