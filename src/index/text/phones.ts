/**
 * A phone number, found by its digits in any spelling. It is in international form (`+49 30 1234567`, `0049…`, `+49 (0)
 * 30 …`) or in national form (`030 1234567`). A national form matches every country, because nobody knows its country.
 *
 * Country codes, and the prefixes dialled before national numbers, are from E.164: a table that has not changed in
 * years. A library's table changes each month, and an index made with another release would not match the query.
 */
export interface PhoneNumber {
  /** The start in the folded text. */
  readonly at: number;
  readonly text: string;
  /** The number is in international form. */
  readonly isInternational: boolean;
  /** The words that this number adds to a text's own words. */
  readonly indexed: readonly string[];
  /** A search finds the number by any of these words. */
  readonly asked: readonly string[];
}

/**
 * First letters of the words that a query in international form looks for: one for numbers in national form, one for
 * international form. Folding removes both letters from texts.
 */
const NATIONAL = '\u{e003}';
const INTERNATIONAL = '\u{e004}';

/**
 * Digits, with what people write between them. Not inside a longer word such as a record id, but possibly before an
 * extension.
 */
const NUMBER = /(?<![\p{L}\p{N}])\d[\d ().\-/\u2010-\u2015\u2212]{5,}\d(?:x\d{1,6})?(?![\p{L}\p{N}])/gu;
const MAYBE = /\d[\d ().\-/\u2010-\u2015\u2212]{5,}\d/;
/** Narrower forms, for a run of digits that is too long for one number. */
const NUMBER_WITHOUT_SLASH = /\d[\d ().\-\u2010-\u2015\u2212]{5,}\d(?:x\d{1,6})?/g;
const NUMBER_WITHOUT_SPACE = /\d[\d().\-\u2010-\u2015\u2212]{5,}\d(?:x\d{1,6})?/g;
const EXTENSION = /x\d+$/;

/** Shorter ones are found as words only; longer ones are not E.164 numbers. */
const FEWEST = 7;
const MOST = 15;

/** A country code, and what follows it. Codes that begin with 1 and 7 have ten more digits. */
const COUNTRY = /^(?:([17])(\d{10})|(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-689]\d\d)(\d{5,}))$/;
/** `49 (0) 30`: this makes a number international even without a plus. */
const TRUNK_AFTER_COUNTRY = /^\d{1,3} ?\(0\)/;
/** The prefix dialled before a number within its country, by country code, if it is not 0. */
const TRUNKS: Readonly<Record<string, string>> = { 1: '1', 7: '8', 36: '06', 375: '80', 692: '1', 993: '8' };

/** A quick look: most texts have no number, and finding numbers takes longer than folding. */
export function mayHavePhoneNumber(folded: string): boolean {
  return MAYBE.test(folded);
}

/** Returns the phone numbers of a folded text, in order. */
export function phoneNumbers(folded: string): PhoneNumber[] {
  if (!mayHavePhoneNumber(folded)) return [];
  return [...folded.matchAll(NUMBER)].flatMap(({ index, 0: text }) =>
    numbersIn(folded, index, text, [NUMBER_WITHOUT_SLASH, NUMBER_WITHOUT_SPACE]),
  );
}

function numbersIn(folded: string, at: number, text: string, [narrower, ...others]: readonly RegExp[]): PhoneNumber[] {
  const whole = numberOf(folded, at, text);
  if (whole !== null) return [whole];
  if (narrower === undefined) return [];
  return [...text.matchAll(narrower)].flatMap(({ index, 0: part }) => numbersIn(folded, at + index, part, others));
}

function numberOf(folded: string, at: number, text: string): PhoneNumber | null {
  const digits = text.replace(EXTENSION, '').replace(/\D/g, '');
  if (digits.length < FEWEST) return null;
  const hasPlus = /\+[ (]?$/.test(folded.slice(Math.max(0, at - 2), at));
  const isMarked = hasPlus || digits.startsWith('00') || TRUNK_AFTER_COUNTRY.test(text);
  const international = isMarked ? readings(hasPlus ? digits : digits.replace(/^00/, '')) : [];
  if (international.length > 0) {
    const whole = international.map(({ country, rest }) => country + rest);
    const national = international.flatMap(nationalForms);
    return {
      at,
      text,
      isInternational: true,
      indexed: unique([digits, ...whole, ...national, ...whole.map((form) => INTERNATIONAL + form)]).filter(
        (form) => form !== text,
      ),
      asked: unique([
        // A number that only begins with zeros is found as it is written. Digits after a plus may be another country's
        // national form.
        ...(hasPlus ? [] : [digits]),
        ...whole.map((form) => INTERNATIONAL + form),
        ...[...whole, ...national].map((form) => NATIONAL + form),
      ]),
    };
  }
  if (digits.length > MOST) return null;
  // North American numbers are written with or without their country code.
  const short = digits.length === 11 && digits.startsWith('1') ? [digits.slice(1)] : [];
  // Case numbers are often padded with zeros.
  const national = digits.startsWith('00') ? [] : [digits, ...short];
  return {
    at,
    text,
    isInternational: false,
    indexed: unique([digits, ...short, ...national.map((form) => NATIONAL + form)]).filter((form) => form !== text),
    asked: unique([digits, ...short.map((form) => NATIONAL + form)]),
  };
}

interface International {
  readonly country: string;
  /** The number within the country, without the dialled prefix. */
  readonly rest: string;
}

/**
 * Returns the ways to read the digits in international form. A zero after the country code may belong to the number, as
 * in Italy.
 */
function readings(digits: string): International[] {
  const match = COUNTRY.exec(digits);
  if (match === null) return [];
  const country = match[1] ?? match[3] ?? '';
  const rest = match[2] ?? match[4] ?? '';
  return [rest, ...(rest.startsWith('0') ? [rest.slice(1)] : [])]
    .filter((each) => country.length + each.length <= MOST)
    .map((each) => ({ country, rest: each }));
}

function nationalForms({ country, rest }: International): string[] {
  const dialled = rest.startsWith('0') ? [] : [(TRUNKS[country] ?? '0') + rest];
  return [...dialled, rest].filter((form) => form.length >= FEWEST);
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
