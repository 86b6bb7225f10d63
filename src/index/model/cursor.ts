import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { CursorRefusedError } from '../port/errors.ts';
import type { Place } from '../port/search-engine.ts';
import type { Filters, Sort } from './filters.ts';

export interface Cursor {
  /** The first page's count. */
  readonly count: number;
  /** The count was stopped by the time limit, so there may be more. */
  readonly isCountCut: boolean;
  /** The place after which the next page begins. */
  readonly after: Place;
}

/** The search that a cursor belongs to. */
export interface Question {
  readonly userId: string;
  readonly words: string;
  readonly types: readonly string[] | undefined;
  readonly filters: Filters;
  readonly sort: Sort;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Every cursor has the length of the longest. Its length would otherwise reveal how many hits were counted. */
const TEXT_BYTES = 48;
/** Longer than any cursor that a page writes. */
const LONGEST = 200;

/**
 * Returns a cursor as a text that only the same key can open. Places reveal how many documents one second has, so a
 * cursor is encrypted. It is authenticated together with its question, so that nobody can forge one, or use it for
 * another question. The nonce is not random, so that searches with equal results return equal cursors.
 *
 * @param key 32 bytes
 */
export function encodeCursor(key: Buffer, question: Question, { count, isCountCut, after }: Cursor): string {
  const cut = isCountCut ? [true] : [];
  const text = JSON.stringify([count, after.order, after.score, ...cut]).padEnd(TEXT_BYTES);
  // Derived from the cursor's own text, so that two different cursors never share a nonce.
  const nonce = createHmac('sha256', key)
    .update(JSON.stringify([aboutOf(question), text]))
    .digest()
    .subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(aboutOf(question)));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/**
 * Decodes a cursor. Throws `CursorRefusedError` for a text that `encodeCursor` did not write with this key for exactly
 * this question.
 */
export function decodeCursor(key: Buffer, question: Question, text: string): Cursor {
  const bytes = Buffer.from(text, 'base64url');
  if (text.length > LONGEST || bytes.length <= NONCE_BYTES + TAG_BYTES) throw refused();
  // Buffer also accepts other spellings of the same bytes.
  if (bytes.toString('base64url') !== text) throw refused();
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(aboutOf(question)))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    // Releases up to 0.2.0 left out the score of a list without words.
    const [count, order, score = 0, isCountCut = false] = JSON.parse(opened.toString()) as [
      number,
      number,
      number?,
      boolean?,
    ];
    return { count, isCountCut, after: { order, score } };
  } catch {
    throw refused();
  }
}

function refused(): CursorRefusedError {
  return new CursorRefusedError(
    'The cursor does not belong to this search: the words, types, filters, order, user or index differ, or the cursor was truncated or altered. Search without a cursor for the first page.',
  );
}

function aboutOf({ userId, words, types, filters, sort }: Question): string {
  const { modifiedFrom, modifiedBefore, owner, account } = filters;
  const narrowed = [types?.toSorted() ?? null, modifiedFrom, modifiedBefore, owner, account];
  return JSON.stringify([userId, words.trim(), ...narrowed, sort]);
}
