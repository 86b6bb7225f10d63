/** The last code point, a noncharacter: it stands before what it escapes. */
const MARK = '\u{10ffff}';
const NUL = '\u0000';

/** A text as SQLite can hold it: libsql reads text up to the first U+0000 and drops the rest. */
export function withoutNul(text: string): string {
  if (!text.includes(NUL) && !text.includes(MARK)) return text;
  return text.replaceAll(MARK, `${MARK}1`).replaceAll(NUL, `${MARK}0`);
}

/** The text that `withoutNul` was given. */
export function withNul(held: string): string {
  return held.includes(MARK) ? held.replaceAll(`${MARK}0`, NUL).replaceAll(`${MARK}1`, MARK) : held;
}
