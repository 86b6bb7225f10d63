import { printable } from '../lib/printable.ts';

const LONGEST = 300;

/** Longer messages are cut before they are examined. */
const LONGEST_READ = 10_000;

const CARET_END = /ERROR at Row:\d+:Column:\d+/g;

const CLOSING: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '`': '`',
  '‘': '’',
  '“': '”',
  '„': '“',
  '«': '»',
};

const LETTER = /[\p{L}\p{N}_]/u;
const NAME = /^[A-Za-z_][\w.]{0,79}$/;

/**
 * Returns the useful part of an org's message as one printable line. Drops the caret block, which is a piece of the
 * query, and everything before it. A long message is cut between words, because half of a secret would not be
 * recognized.
 */
export function shortened(message: string): string {
  const caretEnd = [...message.matchAll(CARET_END)].at(-1);
  const text = caretEnd === undefined ? message : message.slice(caretEnd.index + caretEnd[0].length);
  if (text.length <= LONGEST_READ) return printable(text);
  let end = LONGEST_READ;
  while (end > 0 && !/\s/.test(text.charAt(end))) end -= 1;
  return printable(text.slice(0, end));
}

function isInWord(text: string, at: number): boolean {
  return LETTER.test(text.charAt(at - 1)) && LETTER.test(text.charAt(at + 1));
}

/**
 * Returns the end of the quote that begins at `start`; null if it has none. An apostrophe inside a word does not end
 * it.
 */
function endOfQuote(text: string, start: number): number | null {
  const closing = CLOSING[text.charAt(start)];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === closing && !((closing === "'" || closing === '’') && isInWord(text, at))) return at;
  }
  return null;
}

/** Returns whether a mark outside of quotes looks like the end of a quote. */
function looksLikeEnd(text: string, at: number): boolean {
  return /\S/.test(text.charAt(at - 1)) && !/[\s(=:,]/.test(text.charAt(at - 1)) && !LETTER.test(text.charAt(at + 1));
}

/**
 * Returns the text with only names left in quotes. Removes anything uncertain: the rest after an unclosed quote, and
 * what is between an apostrophe that may have opened a quote and a mark that looks like its end.
 */
function withoutQuotes(text: string): string {
  let kept = '';
  /** Position in `kept` of the first apostrophe that may have opened a quote. */
  let doubtful: number | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    const closing = CLOSING[mark];
    if (closing === undefined) {
      kept += mark;
    } else if (mark === "'" && isInWord(text, at)) {
      doubtful ??= kept.length;
      kept += mark;
    } else if (mark === "'" && doubtful !== null && looksLikeEnd(text, at)) {
      kept = `${kept.slice(0, doubtful)}'…'`;
      doubtful = null;
    } else {
      const end = endOfQuote(text, at);
      if (end === null) return `${kept}${mark}…`;
      const inner = text.slice(at + 1, end);
      kept += NAME.test(inner) ? `${mark}${inner}${closing}` : `${mark}…${closing}`;
      at = end;
    }
  }
  return kept;
}

/**
 * Returns an error's text without anything that may come from a record or a query's values: no caret block, no quoted
 * text except names, no addresses, no long numbers.
 */
export function textWithoutContent(message: string): string {
  const text = withoutQuotes(shortened(message))
    .replace(/[^\s'"<>]+/g, (word) => (word.includes('@') ? '…' : word))
    .replace(/\p{Nd}+/gu, (digits, at: number, whole: string) =>
      digits.length >= 7 && !/\w/.test(whole.charAt(at + digits.length)) ? '…' : digits,
    )
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST);
  return printable(text);
}
