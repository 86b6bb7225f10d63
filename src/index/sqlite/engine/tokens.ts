import { hash } from 'node:crypto';
import type { RecordFacts } from '../../../access/types.ts';
import { type IndexedFields, OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import type { PreparedStrings } from '../../port/documents.ts';
import { isPlain } from '../../text/fold-rules.ts';
import { indexText, indexWords } from '../../text/normalize.ts';
import { mayHavePhoneNumber } from '../../text/phones.ts';

/**
 * Returns the full-text column of an object's field. One table has the columns of all objects, so that one scan finds
 * documents of all, the last modified first.
 */
export function columnOf(object: ObjectName, field: string): string {
  return `${object}_${field}`;
}

/**
 * Returns the full-text columns of a file with these fields, in order. The column `acl` follows them: the principals
 * that may read a document, its owner and its account.
 */
export function columnsOf({ fields }: IndexedFields): string[] {
  return OBJECT_NAMES.flatMap((name) => fields[name].map((field) => columnOf(name, field)));
}

/**
 * Returns a principal's token in the `acl` column: a letter that normalization removes from texts, and the principal
 * number.
 */
export function principalToken(principalNumber: number): string {
  return `\u{e000}p${principalNumber}`;
}

/**
 * Returns the token of a record's owner in the `acl` column. It is separate from the principals, so that a filtered
 * search scans only matching documents.
 */
export function ownerToken(id: string): string {
  return `\u{e000}o${id}`;
}

export function accountToken(id: string): string {
  return `\u{e000}a${id}`;
}

/** First letters of words that only titles have. Normalization removes them from texts. */
const WHOLE_TITLE = '\u{e001}';
const TITLE_WORD = '\u{e002}';

/** Returns a title as one word. Titles with the same words have the same one. */
export function wholeTitleToken(text: string): string {
  return wholeTitle(indexWords(text));
}

function wholeTitle(words: readonly string[]): string {
  return WHOLE_TITLE + hash('sha1', words.join(' ')).slice(0, 16);
}

/**
 * Returns a title's word, distinct from the same word elsewhere. So titles are found as fast even if the word is
 * frequent elsewhere.
 */
export function titleToken(word: string): string {
  return TITLE_WORD + word;
}

/**
 * Returns the content of a title's column: its words as title words first, then the title as one word, then the text.
 */
function titleText(text: string): string {
  const words = indexWords(text);
  return [...words.map(titleToken), wholeTitle(words), ...words].join(' ');
}

/**
 * Returns the content of any other column. FTS5's tokenizer splits plain text into the same words as `indexText`, and
 * ignores case.
 */
function wordText(text: string): string {
  return isPlain(text) && !mayHavePhoneNumber(text) ? text : indexText(text);
}

function contentOf(text: string, isTitle: boolean): string {
  return isTitle ? titleText(text) : wordText(text);
}

/** Computes what `indexedStrings` needs most of its time for. */
export function prepareContents(
  object: ObjectName,
  { titleFields }: IndexedFields,
  strings: Readonly<Record<string, string>>,
): Omit<PreparedStrings, 'hash'> {
  const titles = titleFields[object];
  const contents: Record<string, string> = {};
  for (const [field, text] of Object.entries(strings)) {
    const content = contentOf(text, titles.includes(field));
    if (content !== text) contents[field] = content;
  }
  return { titleFields: titles.join(' '), contents };
}

/**
 * Returns the content of a document's full-text columns, in the order of its object's fields. The `acl` column is last.
 */
export function indexedStrings(
  { facts, principalNumbers }: { readonly facts: RecordFacts; readonly principalNumbers: readonly number[] },
  { fields, titleFields }: IndexedFields,
  strings: Readonly<Record<string, string>>,
  prepared?: PreparedStrings,
): (string | null)[] {
  const { object, ownerId, accountId } = facts;
  const titles = titleFields[object];
  const contents = prepared?.titleFields === titles.join(' ') ? prepared.contents : null;
  const texts = fields[object].map((field) => {
    const text = strings[field];
    if (text === undefined) return null;
    return contents === null ? contentOf(text, titles.includes(field)) : (contents[field] ?? text);
  });
  const carried = [
    ...(ownerId === null ? [] : [ownerToken(ownerId)]),
    ...(accountId === null ? [] : [accountToken(accountId)]),
  ];
  return [...texts, [...principalNumbers.map(principalToken), ...carried].join(' ')];
}
