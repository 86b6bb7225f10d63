import { isUnspaced } from './letters.ts';

/** Letters that NFKD does not decompose, although people type them as other letters. */
export const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
  // Malayalam letters that older texts write as a letter, a virama and a joiner.
  ൺ: 'ണ്',
  ൻ: 'ന്',
  ർ: 'ര്',
  ൽ: 'ല്',
  ൾ: 'ള്',
  ൿ: 'ക്',
};
/** The keys of LETTERS; a test compares them. */
export const LETTER = /[ßæœøłđðþıςൺൻർൽൾൿ]/g;
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

const UNUSABLE = /(?![\t\n\r])[\p{Cc}\p{Co}\p{Cs}]/gu;
/** Characters that show nothing: joiners, soft hyphens, direction marks, variation selectors. */
const INVISIBLE = /[\p{Cf}\p{DI}]/gu;
/**
 * Accents and points that people leave out: the marks that all scripts share (Inherited), and those of alphabets in
 * which letters alone spell what people type. Every other mark counts like a letter: vowel signs, viramas and tones
 * from Devanagari to Thai, and the marks that turn か into が. Tatweel only stretches a word.
 */
const ACCENT = /\u0640|(?![\u3099\u309a])(?=\p{M})\p{sc=Zinh}/gu;
const ACCENT_OF_ALPHABET = /(?=\p{M})[\p{sc=Grek}\p{sc=Cyrl}\p{sc=Copt}\p{sc=Glag}\p{sc=Ethi}]/gu;
const POINT = /(?=\p{M})[\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}\p{sc=Samr}\p{sc=Mand}]/gu;
/** What NFKD decomposes: the vowel of น้ำ. Typists put its tone at either place. The same in Lao. */
const THAI_AM = /\u0e4d([\u0e48-\u0e4b]?)\u0e32/g;
const LAO_AM = /\u0ecd([\u0ec8-\u0ecb]?)\u0eb2/g;
const FOREIGN_DIGIT = /(?!\d)\p{Nd}/gu;
const ZERO_WIDTH_SPACES = /\u200b+/g;
/** No language has this many marks on a letter. Ordering them would take quadratic time. */
const TOO_MANY_MARKS = /[\p{M}\p{Cf}\p{DI}\uff9e\uff9f]{31,}/gu;
const MARK_UNIT = /[\p{M}\p{Cf}\p{DI}\p{Cs}\uff9e\uff9f]/u;
const MOST_MARKS = 30;

/** Reports whether folding keeps each letter in its place and only changes capitals. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * Applies the rules to the text of one or several clusters (see fold.ts), which must be settled. The result is lower
 * case, without accents, in compatibility forms (NFKD), with `ß` as `ss` and digits as 0 to 9. Invisible characters are
 * removed. Control and private-use characters become spaces, so that no text can look like a principal's token.
 */
export function foldClusters(text: string): string {
  return text
    .replace(INVISIBLE, '')
    .replace(UNUSABLE, ' ')
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENT, '')
    .replace(ACCENT_OF_ALPHABET, '')
    .replace(POINT, '')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
    .replace(THAI_AM, '$1\u0e33')
    .replace(LAO_AM, '$1\u0eb3')
    .replace(FOREIGN_DIGIT, digitOf);
}

/**
 * Returns the text, of the same length, with replacements for each zero-width space (U+200B) and for excess marks. A
 * zero-width space separates words. Between letters of a script without spaces it is removed, because some people type
 * it between words and most do not.
 */
export function settle(text: string): string {
  const spaced = text.includes('\u200b') ? text.replace(ZERO_WIDTH_SPACES, settleSpaces) : text;
  return mayHaveTooManyMarks(spaced) ? spaced.replace(TOO_MANY_MARKS, settleMarks) : spaced;
}

function settleSpaces(spaces: string, at: number, text: string): string {
  const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
  const after = String.fromCodePoint(text.codePointAt(at + spaces.length) ?? 0x20);
  return (isUnspaced(before) && isUnspaced(after) ? JOINER : ' ').repeat(spaces.length);
}

function settleMarks(marks: string): string {
  const kept = Array.from(marks).slice(0, MOST_MARKS).join('');
  return kept + JOINER.repeat(marks.length - kept.length);
}

/** By code unit: 1 if it may be part of a mark, 2 if not, 0 if not looked up yet. */
const markUnits = new Uint8Array(0x10000);

/** Prefilters, because the expression alone would take as long as the rest of a search in a long text. */
function mayHaveTooManyMarks(text: string): boolean {
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (markUnits[code] === 0) markUnits[code] = MARK_UNIT.test(String.fromCharCode(code)) ? 1 : 2;
    marks = markUnits[code] === 1 ? marks + 1 : 0;
    if (marks > MOST_MARKS) return true;
  }
  return false;
}

/** Folding removes it. */
const JOINER = '\u2060';

/** Returns the value of a digit. Unicode puts the ten digits of a script in a row, from zero. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
