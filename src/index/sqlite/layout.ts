import { createHash } from 'node:crypto';
import type { RecordFacts } from '../../access/types.ts';
import { type IndexedFields, OBJECT_NAMES, OBJECTS, type ObjectName } from '../../objects/index.ts';
import { indexText, indexWords, NORMALIZE_VERSION } from '../normalize.ts';
import { Damage } from './stored.ts';

/**
 * Raise it whenever schema.ts or the meaning of a stored value changes. Older files that upgrade.ts does not know are
 * emptied then.
 */
const SCHEMA_VERSION = 6;

/** How objects are written in the file. */
const CODES: Readonly<Record<ObjectName, number>> = { Account: 1, Contact: 2, Case: 3, Opportunity: 4, Lead: 5 };

export function codeOf(object: ObjectName): number {
  return CODES[object];
}

const NAMES = new Map(OBJECTS.map((object) => [codeOf(object.name), object.name]));

export function objectOf(code: number): ObjectName {
  const name = NAMES.get(code);
  if (name === undefined) throw new Damage(`no object has the code ${code}`);
  return name;
}

/** The full-text column of an object's field. One table has the columns of all objects, so that one walk finds documents of all, the last modified first. */
export function columnOf(object: ObjectName, field: string): string {
  return `${object}_${field}`;
}

/**
 * The full-text columns of a file with these fields, in their order. After them comes `acl`, with the principals that may
 * read a document, its owner and its account.
 */
export function columnsOf({ fields }: IndexedFields): string[] {
  return OBJECT_NAMES.flatMap((name) => fields[name].map((field) => columnOf(name, field)));
}

/** What a file was made for: one of another schema or normalisation cannot be read with this one. */
export const LAYOUT: string = [SCHEMA_VERSION, NORMALIZE_VERSION].join('.');

/** A principal in the `acl` column: a letter that no text keeps after normalisation, and its number. */
export function principalToken(pid: number): string {
  return `\u{e000}p${pid}`;
}

/** A record's owner and account in the `acl` column, apart from the principals: by them a search that is narrowed walks only what fits. */
export function ownerToken(id: string): string {
  return `\u{e000}o${id}`;
}

export function accountToken(id: string): string {
  return `\u{e000}a${id}`;
}

/** First letters of words that only titles have. No text keeps such letters. */
const WHOLE_TITLE = '\u{e001}';
const TITLE_WORD = '\u{e002}';

/** A title as one word: two titles of the same words have the same. */
export function wholeTitleToken(text: string): string {
  return wholeTitle(indexWords(text));
}

function wholeTitle(words: readonly string[]): string {
  return WHOLE_TITLE + createHash('sha1').update(words.join(' ')).digest('hex').slice(0, 16);
}

/** A word of a title, apart from the same word elsewhere: where it is frequent elsewhere, titles are found as fast. */
export function titleToken(word: string): string {
  return TITLE_WORD + word;
}

/** What stands in a title's column: its words as title words first, then the title as one word, then the text. */
function titleText(text: string): string {
  const words = indexWords(text);
  return [...words.map(titleToken), wholeTitle(words), ...words].join(' ');
}

/** What stands in the full-text columns of a document, in the order of its object's fields, the `acl` column last. */
export function indexedStrings(
  { facts, pids }: { readonly facts: RecordFacts; readonly pids: readonly number[] },
  { fields, titleFields }: IndexedFields,
  strings: Readonly<Record<string, string>>,
): (string | null)[] {
  const { object, ownerId, accountId } = facts;
  const texts = fields[object].map((field) => {
    const text = strings[field];
    if (text === undefined) return null;
    return titleFields[object].includes(field) ? titleText(text) : indexText(text);
  });
  const carried = [
    ...(ownerId === null ? [] : [ownerToken(ownerId)]),
    ...(accountId === null ? [] : [accountToken(accountId)]),
  ];
  return [...texts, [...pids.map(principalToken), ...carried].join(' ')];
}
