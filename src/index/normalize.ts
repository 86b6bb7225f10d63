/**
 * How text becomes what is matched, the same for every engine and on both sides (indexing and asking). An index says with
 * which version it was made; another version is another index.
 */
export const NORMALIZE_VERSION = 1;

/** Letters that NFKD leaves whole, though people type them apart. */
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
};
/** The keys of LETTERS, as a test sees to. */
export const LETTER = /[ßæœøłđðþıς]/g;
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;
/** A run of letters that are written without spaces between words. */
const CJK_RUN = /(?:(?=[\p{L}\p{N}])[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}])+/gu;
/** Digits as in a phone number, with what people write between them; not inside a longer word, like a record id. */
const DIGITS_RUN = /(?<![\p{L}\p{N}])\d[\d ().\-/\u2010-\u2015\u2212]{5,}\d(?![\p{L}\p{N}])/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/** Whether folding makes one letter of each, at its place. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * Lower case, without marks, compatibility forms resolved (NFKD), `ß` as `ss`. Joiners and soft hyphens vanish; control
 * and private-use characters become spaces, so that nobody's text can look like a principal's token.
 */
export function fold(text: string): string {
  if (isPlain(text)) return text.toLowerCase();
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cc}\p{Co}\p{Cs}]/gu, ' ')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/** The words of a folded text: runs of letters and digits. */
export function wordsOf(folded: string): string[] {
  return folded.match(WORD) ?? [];
}

/** Cuts a folded text into runs of CJK letters and what stands between them. */
export function cjkRuns(folded: string): { readonly text: string; readonly cjk: boolean }[] {
  const pieces: { text: string; cjk: boolean }[] = [];
  let end = 0;
  for (const match of folded.matchAll(CJK_RUN)) {
    if (match.index > end) pieces.push({ text: folded.slice(end, match.index), cjk: false });
    pieces.push({ text: match[0], cjk: true });
    end = match.index + match[0].length;
  }
  if (end < folded.length) pieces.push({ text: folded.slice(end), cjk: false });
  return pieces;
}

/** Overlapping pairs of a run's letters; one letter stands alone. */
export function bigrams(run: string): string[] {
  const letters = Array.from(run);
  return letters.length < 2 ? letters : letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

/** Where phone numbers stand in a folded text (seven to fifteen digits), each with its digits as single tokens. */
export function phoneNumbers(
  folded: string,
): { readonly at: number; readonly text: string; readonly tokens: string[] }[] {
  const found: { at: number; text: string; tokens: string[] }[] = [];
  for (const match of folded.matchAll(DIGITS_RUN)) {
    const digits = match[0].replace(/\D/g, '');
    if (digits.length < 7 || digits.length > 15) continue;
    const tokens = [digits];
    // North American numbers are written with and without their country code.
    if (digits.length === 11 && digits.startsWith('1')) tokens.push(digits.slice(1));
    found.push({ at: match.index, text: match[0], tokens });
  }
  return found;
}

/**
 * The text that an engine's word splitter is given: folded, CJK runs as bigrams and their last letter (so that a single
 * letter is found as a prefix), the digits of phone numbers once more as single words.
 */
export function indexText(text: string): string {
  const folded = fold(text);
  const phones = phoneNumbers(folded).flatMap((phone) => phone.tokens);
  const words = isPlain(folded) ? folded : cjkRuns(folded).map(spell).join(' ');
  return phones.length === 0 ? words : `${words} ${phones.join(' ')}`;
}

function spell(piece: { readonly text: string; readonly cjk: boolean }): string {
  if (!piece.cjk) return piece.text;
  const pairs = bigrams(piece.text);
  const last = Array.from(piece.text).at(-1) ?? '';
  return pairs.at(-1) === last ? pairs.join(' ') : [...pairs, last].join(' ');
}
