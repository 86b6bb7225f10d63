import { printable } from '../printable.ts';

const LONGEST = 300;

/** Longer messages are cut before they are looked at. */
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
 * What of an org's message may be worth reading, as one printable line: what follows the caret block, which is a piece
 * of the query, up to a length. A word at the cut goes: it may be half of a secret, which nobody would know it by.
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

/** Where the quote ends that begins at `start`; null: nowhere. An apostrophe inside a word does not end it. */
function endOfQuote(text: string, start: number): number | null {
  const closing = CLOSING[text.charAt(start)];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === closing && !((closing === "'" || closing === '’') && isInWord(text, at))) return at;
  }
  return null;
}

/** Whether a mark outside of quotes looks like the end of one. */
function looksLikeEnd(text: string, at: number): boolean {
  return /\S/.test(text.charAt(at - 1)) && !/[\s(=:,]/.test(text.charAt(at - 1)) && !LETTER.test(text.charAt(at + 1));
}

/**
 * A text whose quotes hold nothing but names. What cannot be told for certain goes: the rest after a quote that does not
 * end, and what lies between an apostrophe that may have begun a quote and a mark that looks like its end.
 */
function withoutQuotes(text: string): string {
  let kept = '';
  /** Where in `kept` the first apostrophe is that may have begun a quote after all. */
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
 * An error's text without anything that may come from a record or from a query's values: the caret block goes, quoted
 * text stays only where it is a name, addresses and long numbers go.
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
