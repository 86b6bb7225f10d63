import { hash } from 'node:crypto';
import type { FieldLists, IndexedFields, ObjectName } from '../../objects/index.ts';
import { OBJECT_NAMES } from '../../objects/index.ts';
import { indexWords } from '../text/normalize.ts';
import { MOST_TERM_CHARACTERS } from './schema.ts';

/**
 * The numbers of the fields, by object and name. A field that is indexed again gets another number, so its old words and
 * strings do not come back.
 */
export interface FieldNumbers {
  readonly byField: Readonly<Record<string, number>>;
  readonly next: number;
}

export const NO_FIELDS: FieldNumbers = { byField: {}, next: 0 };

/** Returns the numbers of these fields: new ones for fields that have none. */
export function numbered({ byField, next }: FieldNumbers, { fields }: IndexedFields): FieldNumbers {
  let last = next;
  const all = OBJECT_NAMES.flatMap((object) => fields[object].map((field) => keyOf(object, field)));
  return { byField: Object.fromEntries(all.map((key) => [key, byField[key] ?? last++])), next: last };
}

/** Returns the number of an indexed field. */
export function numberOf({ byField }: FieldNumbers, object: ObjectName, field: string): number {
  const number = byField[keyOf(object, field)];
  if (number === undefined) throw new Error(`${object}.${field} is not an indexed field.`);
  return number;
}

function keyOf(object: ObjectName, field: string): string {
  return `${object}.${field}`;
}

/** Unicode's private areas: `fold` removes their letters from texts, so no word begins with one. */
const FIRST_AREA = { from: 0xe000, size: 6_400 };
const SECOND_AREA = 0xf0000;

/** Returns the letter that stands for a field. */
export function letterOf(number: number): string {
  const { from, size } = FIRST_AREA;
  return String.fromCodePoint(number < size ? from + number : SECOND_AREA + number - size);
}

/** Returns the key of a field's string in a document. */
export function stringKeyOf(number: number): string {
  return number.toString(36);
}

/** Returns a word as the index has it. A word that is too long for the index is represented by its hash. */
export function clipped(word: string): string {
  if (word.length <= MOST_TERM_CHARACTERS) return word;
  return word.slice(0, MOST_TERM_CHARACTERS - 100) + hash('sha256', word);
}

/** Returns the words that stand for a title as a whole. */
export function wholeTitle(letter: string, words: readonly string[]): string {
  return `${letter}=${hash('sha256', words.join(' '))}`;
}

/** Returns the beginning of titles that begin with these words. */
export function titleStart(letter: string, words: readonly string[]): string {
  return `${letter}${words.join(' ')}`;
}

/** What the words of a document are found by. */
export interface IndexedWords {
  readonly text: string[];
  readonly starts: string[];
}

/** Returns what a document's strings are found by. */
export function wordsOf(
  object: ObjectName,
  strings: Readonly<Record<string, string>>,
  numbers: FieldNumbers,
  titleFields: FieldLists,
): IndexedWords {
  const text: string[] = [];
  const starts: string[] = [];
  for (const [field, string] of Object.entries(strings)) {
    const letter = letterOf(numberOf(numbers, object, field));
    const words = indexWords(string);
    if (words.length === 0) continue;
    text.push(words.map((word) => letter + clipped(word)).join(' '));
    // The space at the end marks the end of the last word.
    if (titleFields[object].includes(field))
      starts.push(wholeTitle(letter, words), whole(`${titleStart(letter, words)} `.slice(0, MOST_TERM_CHARACTERS)));
  }
  return { text, starts };
}

/** Drops half of a surrogate pair at the end. */
function whole(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
