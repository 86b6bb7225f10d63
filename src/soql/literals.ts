/** What a query takes from outside. Literals are made here alone, and nothing in one of them ends it. */

declare const made: unique symbol;

/** A value as it stands in a query. */
export type Literal = string & { readonly [made]: true };

export const NULL = 'null' as Literal;
export const TRUE = 'true' as Literal;
export const FALSE = 'false' as Literal;

const RECORD_ID = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Whether the text has the form of a record id, of 15 or 18 characters. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}

/** Whether the text is a time as `toISOString` writes it. */
export function isIsoTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

/** A record id in quotes. */
export function quotedId(id: string): Literal {
  if (!isRecordId(id)) throw new Error('a query was about to take something for a record id that is none');
  return `'${id}'` as Literal;
}

export function quotedIds(ids: readonly string[]): Literal[] {
  return ids.map(quotedId);
}

/** Any text in quotes, for comparisons: in a LIKE, `%` and `_` would stand for more than themselves. */
export function quotedText(text: string): Literal {
  const bare = text.replaceAll(/['\\]/g, String.raw`\$&`).replaceAll(/[\p{Cc}\p{Cs}]/gu, unicodeEscape);
  return `'${bare}'` as Literal;
}

/** Line breaks and other controls; and halves of a character, which no URL takes. */
function unicodeEscape(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Salesforce's DateTime literal, whole seconds: comparisons ignore milliseconds. */
export function dateTime(iso: string): Literal {
  if (!isIsoTime(iso)) throw new Error('a query was about to take something for a time that is none');
  return `${iso.slice(0, 19)}Z` as Literal;
}
