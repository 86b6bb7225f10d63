/**
 * Phone numbers, found by their digits however they are written: in international form (`+49 30 1234567`, `0049…`,
 * `+49 (0) 30 …`) or in national form (`030 1234567`), which fits every country, for nobody knows whose it is.
 *
 * What a country code is, and what is dialled before a national number, is E.164's: a table that has not changed in years. A
 * library's changes each month, and an index that was made with another release would be out of step with the question.
 */
export interface PhoneNumber {
  /** Where it stands in the folded text. */
  readonly at: number;
  readonly text: string;
  /** It is written in international form. */
  readonly isInternational: boolean;
  /** Words that a text with this number has besides its own. */
  readonly indexed: readonly string[];
  /** Any of these words is enough to find it. */
  readonly asked: readonly string[];
}

/**
 * First letters of the words by which questions in international form find a number: written in national form, or in
 * international form. No text keeps such letters.
 */
const NATIONAL = '\u{e003}';
const INTERNATIONAL = '\u{e004}';

/** Digits with what people write between them; not inside a longer word, like a record id, but before an extension. */
const NUMBER = /(?<![\p{L}\p{N}])\d[\d ().\-/\u2010-\u2015\u2212]{5,}\d(?:x\d{1,6})?(?![\p{L}\p{N}])/gu;
/** What may be a number where so many digits stand together that they are several. */
const NUMBER_WITHOUT_SLASH = /\d[\d ().\-\u2010-\u2015\u2212]{5,}\d(?:x\d{1,6})?/g;
const NUMBER_WITHOUT_SPACE = /\d[\d().\-\u2010-\u2015\u2212]{5,}\d(?:x\d{1,6})?/g;
const EXTENSION = /x\d+$/;

/** Fewer are found as words only; more are no number of E.164. */
const FEWEST = 7;
const MOST = 15;

/** A country code, and what follows it. Codes that begin with 1 and 7 have ten digits more. */
const COUNTRY = /^(?:([17])(\d{10})|(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-689]\d\d)(\d{5,}))$/;
/** `49 (0) 30`: with it a number is international also without a plus. */
const TRUNK_AFTER_COUNTRY = /^\d{1,3} ?\(0\)/;
/** What is dialled before a number within its country, where it is not 0. */
const TRUNKS: Readonly<Record<string, string>> = { 1: '1', 7: '8', 36: '06', 375: '80', 692: '1', 993: '8' };

/** The phone numbers of a folded text, in order. */
export function phoneNumbers(folded: string): PhoneNumber[] {
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
        // A number that only begins with zeros is found as it stands. Digits behind a plus may be another country's national form.
        ...(hasPlus ? [] : [digits]),
        ...whole.map((form) => INTERNATIONAL + form),
        ...[...whole, ...national].map((form) => NATIONAL + form),
      ]),
    };
  }
  if (digits.length > MOST) return null;
  // North American numbers are written with and without their country code.
  const short = digits.length === 11 && digits.startsWith('1') ? [digits.slice(1)] : [];
  // A case number is often filled up with zeros.
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
  /** The number within the country, without what is dialled before it. */
  readonly rest: string;
}

/** How the digits can be read in international form. A zero behind the country code may be the number's own, as in Italy. */
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
