import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { CursorRefusedError } from '../errors.ts';
import type { Filters, Sort } from '../filters.ts';
import type { Database } from './database.ts';
import { Damage, text } from './stored.ts';

/** The document after which the next page begins, by its place in the order of the hits. */
export type Position =
  /** A list without words, by row number. */
  | { readonly kind: 'newest'; readonly rid: number }
  /** Hits, by score, then by row number. */
  | { readonly kind: 'ranked'; readonly score: number; readonly rid: number };

export interface Cursor {
  /** What the first page counted. */
  readonly count: number;
  readonly position: Position;
}

/** What a cursor belongs to. */
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
/** Every cursor is as long as the longest: its length would tell how many hits were counted. */
const TEXT_BYTES = 48;
/** No page writes one as long. */
const LONGEST = 200;

/**
 * Writes cursors that only this index reads. Row numbers tell how many documents of one second there are, so a cursor is
 * encrypted; it is authenticated together with its question, so that nobody makes one of their own or asks another
 * question by it. The nonce is no random number, so that a search that finds the same answers the same cursor.
 */
export class Cursors {
  readonly #key: Buffer;

  /** Inside a read transaction. */
  constructor(db: Database) {
    const stored = db.value(text('value'), "from meta where key = 'cursor_key'") ?? '';
    this.#key = Buffer.from(stored, 'base64');
    if (this.#key.length !== KEY_BYTES) throw new Damage('it has no key for its cursors');
  }

  encode(question: Question, { count, position }: Cursor): string {
    const form = position.kind === 'newest' ? [count, position.rid] : [count, position.rid, position.score];
    const text = JSON.stringify(form).padEnd(TEXT_BYTES);
    // Made from the cursor's own text, so that two different cursors never share a nonce.
    const nonce = createHmac('sha256', this.#key)
      .update(JSON.stringify([aboutOf(question), text]))
      .digest()
      .subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(aboutOf(question)));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Throws `CursorRefusedError` for a text that `encode` did not write for this very question. */
  decode(question: Question, text: string): Cursor {
    const bytes = Buffer.from(text, 'base64url');
    if (text.length > LONGEST || bytes.length <= NONCE_BYTES + TAG_BYTES) throw refused();
    // Buffer takes other spellings of the same bytes, too.
    if (bytes.toString('base64url') !== text) throw refused();
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(aboutOf(question)))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      const [count, rid, score] = JSON.parse(opened.toString()) as [number, number, number?];
      return { count, position: score === undefined ? { kind: 'newest', rid } : { kind: 'ranked', rid, score } };
    } catch {
      throw refused();
    }
  }
}

function refused(): CursorRefusedError {
  return new CursorRefusedError(
    'The cursor is not one of this search: it has other words, types, filters or another order or user, it is of another index, or it was cut or changed. Search without one for the first page.',
  );
}

function aboutOf({ userId, words, types, filters, sort }: Question): string {
  const { modifiedFrom, modifiedBefore, owner, account } = filters;
  const narrowed = [types?.toSorted() ?? null, modifiedFrom, modifiedBefore, owner, account];
  return JSON.stringify([userId, words.trim(), ...narrowed, sort]);
}
