import { isRecordId } from '../lib/record-ids.ts';
import { isIsoTime } from '../lib/time.ts';

/**
 * Literals for values that come from outside a query. This is the only place that makes them, and no value can end its
 * literal.
 */

declare const made: unique symbol;

/** A value as it appears in a query's text. */
export type Literal = string & { readonly [made]: true };

export const NULL = 'null' as Literal;
export const TRUE = 'true' as Literal;
export const FALSE = 'false' as Literal;

/** Quotes a record id. Throws if the text does not have the form of one. */
export function quotedId(id: string): Literal {
  if (!isRecordId(id)) throw new Error('a query was about to use something that is not a record id');
  return `'${id}'` as Literal;
}

export function quotedIds(ids: readonly string[]): Literal[] {
  return ids.map(quotedId);
}

/** Quotes any text for a comparison. Not for LIKE, where `%` and `_` are wildcards. */
export function quotedText(text: string): Literal {
  const ownerOnly = text.replaceAll(/['\\]/g, String.raw`\$&`).replaceAll(/[\p{Cc}\p{Cs}]/gu, unicodeEscape);
  return `'${ownerOnly}'` as Literal;
}

/** Escapes control characters, line breaks included, and lone surrogates, which a URL cannot contain. */
function unicodeEscape(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Returns Salesforce's DateTime literal in whole seconds, because SOQL comparisons ignore milliseconds. Throws if the
 * text is not an ISO time.
 */
export function dateTime(iso: string): Literal {
  if (!isIsoTime(iso)) throw new Error('a query was about to use something that is not a time');
  return `${iso.slice(0, 19)}Z` as Literal;
}
