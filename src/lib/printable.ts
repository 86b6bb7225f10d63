/**
 * Characters that are unsafe to print: controls, which move a terminal's cursor or begin an escape sequence; line
 * separators; marks that change the direction of writing; halves of a character. Joiners are safe, and emoji and many
 * scripts need them.
 */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const DIRECTION_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const HALF_CHARACTERS = /\p{Cs}/gu;

/** Foreign text as one line that is safe in a terminal and in a log. */
export function printable(text: string): string {
  return text.replace(CONTROLS, ' ').replace(DIRECTION_MARKS, '').replace(HALF_CHARACTERS, '\uFFFD');
}

/** The same for a message of several lines. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

/** A value as indented JSON. Unsafe characters are escaped, so a parser gets the same value. */
export function printableJson(value: unknown): string {
  const escaped = (unsafe: string): string =>
    Array.from(unsafe, (one) => (one === '\n' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)).join(
      '',
    );
  return JSON.stringify(value, null, 2).replace(CONTROLS, escaped).replace(DIRECTION_MARKS, escaped);
}
