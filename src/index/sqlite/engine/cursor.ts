import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { CursorRefusedError } from '../../errors.ts';
import type { Filters, Sort } from '../../model/filters.ts';
import type { Database } from '../file/database.ts';
import { Damage, text } from '../file/stored.ts';

/** The document after which the next page begins, by its position in the order of the hits. */
export type Position =
  /** For a list without words: by row number. */
  | { readonly kind: 'newest'; readonly rowNumber: number }
  /** For hits: by score, then by row number. */
  | { readonly kind: 'ranked'; readonly score: number; readonly rowNumber: number };

export interface Cursor {
  /** The first page's count. */
  readonly count: number;
  readonly position: Position;
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
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Every cursor has the length of the longest. Its length would otherwise reveal how many hits were counted. */
const TEXT_BYTES = 48;
/** Longer than any cursor that a page writes. */
const LONGEST = 200;

/**
 * A writer and reader of cursors that are valid in this index only. Row numbers reveal how many documents one second
 * has, so a cursor is encrypted. It is authenticated together with its question, so that nobody can forge one, or use
 * it for another question. The nonce is not random, so that searches with equal results return equal cursors.
 */
export class Cursors {
  readonly #key: Buffer;

  /** Reads the key, in a read transaction. */
  constructor(db: Database) {
    const stored = db.value(text('value'), "from meta where key = 'cursor_key'") ?? '';
    this.#key = Buffer.from(stored, 'base64');
    if (this.#key.length !== KEY_BYTES) throw new Damage('it has no key for its cursors');
  }

  encode(question: Question, { count, position }: Cursor): string {
    const form = position.kind === 'newest' ? [count, position.rowNumber] : [count, position.rowNumber, position.score];
    const text = JSON.stringify(form).padEnd(TEXT_BYTES);
    // Derived from the cursor's own text, so that two different cursors never share a nonce.
    const nonce = createHmac('sha256', this.#key)
      .update(JSON.stringify([aboutOf(question), text]))
      .digest()
      .subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(aboutOf(question)));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Decodes a cursor. Throws `CursorRefusedError` for a text that `encode` did not write for exactly this question. */
  decode(question: Question, text: string): Cursor {
    const bytes = Buffer.from(text, 'base64url');
    if (text.length > LONGEST || bytes.length <= NONCE_BYTES + TAG_BYTES) throw refused();
    // Buffer also accepts other spellings of the same bytes.
    if (bytes.toString('base64url') !== text) throw refused();
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(aboutOf(question)))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      const [count, rowNumber, score] = JSON.parse(opened.toString()) as [number, number, number?];
      return {
        count,
        position: score === undefined ? { kind: 'newest', rowNumber } : { kind: 'ranked', rowNumber, score },
      };
    } catch {
      throw refused();
    }
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
