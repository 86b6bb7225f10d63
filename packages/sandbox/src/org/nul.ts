/** The last code point, a noncharacter. It marks an escape. */
const MARK = '\u{10ffff}';
const NUL = '\u0000';

/** Returns the text in a form that SQLite can store: libsql drops everything from the first U+0000 on. */
export function withoutNul(text: string): string {
  if (!text.includes(NUL) && !text.includes(MARK)) return text;
  return text.replaceAll(MARK, `${MARK}1`).replaceAll(NUL, `${MARK}0`);
}

/** Reverses `withoutNul`. */
export function withNul(held: string): string {
  return held.includes(MARK) ? held.replaceAll(`${MARK}0`, NUL).replaceAll(`${MARK}1`, MARK) : held;
}
