import { createHash } from 'node:crypto';
import { CursorRefusedError } from '../errors.ts';

/** Where the next page begins. Rids change with their document's text or principals, so that each names one state of it. */
export type Position =
  /** A list without words, by modified and rid: what comes after this one. */
  | { readonly kind: 'newest'; readonly modified: number; readonly rid: number }
  /**
   * The pool of ranked hits: rids from `lowest` to `highest`, but for those shown already. No score is kept: every write
   * moves all scores a little, with the words' frequencies, and their order with them.
   */
  | { readonly kind: 'ranked'; readonly lowest: number; readonly highest: number; readonly shown: readonly number[] }
  /** The hits older than the pool, by rid. */
  | { readonly kind: 'older'; readonly below: number };

export interface Cursor {
  /** What the first page counted. */
  readonly count: number;
  readonly position: Position;
}

/** What a cursor belongs to. */
export interface Question {
  readonly indexId: string;
  readonly userId: string;
  readonly words: string;
  readonly types: readonly string[] | undefined;
}

/** Raise it when the form below, or the meaning of a number in it, changes. */
const VERSION = 1;
const KINDS = ['newest', 'ranked', 'older'] as const;
/** No page writes one as long. */
const LONGEST = 100_000;

/** `[version, digest of the question, count, kind, ...numbers]` */
type Form = readonly [version: number, of: string, count: number, kind: Position['kind'], ...numbers: number[]];

export function encodeCursor(question: Question, { count, position }: Cursor): string {
  const form: Form = [VERSION, digest(question), count, position.kind, ...numbersOf(position)];
  return Buffer.from(JSON.stringify(form)).toString('base64url');
}

/** Throws `CursorRefusedError` for a text that `encodeCursor` did not write for this very question. */
export function decodeCursor(question: Question, text: string): Cursor {
  const form = parse(text);
  if (form === null) throw refused('is none, or not whole');
  const [version, of, count, kind, ...numbers] = form;
  if (version !== VERSION) throw refused('was made by another version of the connector');
  if (of !== digest(question)) throw refused('belongs to another search: other words, types or user, or another index');
  const position = positionOf(kind, numbers);
  if (position === null || (kind === 'newest') !== (question.words.trim() === ''))
    throw refused('is none, or not whole');
  return { count, position };
}

function refused(what: string): CursorRefusedError {
  return new CursorRefusedError(`The cursor ${what}. Search without one for the first page.`);
}

function parse(text: string): Form | null {
  if (text.length > LONGEST) return null;
  try {
    const form: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return isForm(form) ? form : null;
  } catch {
    return null;
  }
}

function isForm(form: unknown): form is Form {
  if (!Array.isArray(form)) return false;
  const [version, of, count, kind, ...numbers] = form;
  return typeof of === 'string' && KINDS.includes(kind) && [version, count, ...numbers].every(isNumber);
}

function isNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The rids shown as distances, in falling order: most are of one or two digits. */
function numbersOf(position: Position): number[] {
  if (position.kind === 'newest') return [position.modified, position.rid];
  if (position.kind === 'older') return [position.below];
  const { lowest, highest, shown } = position;
  const falling = shown.toSorted((one, other) => other - one);
  return [lowest, highest, ...falling.map((rid, at) => (falling[at - 1] ?? highest) - rid)];
}

function positionOf(kind: Position['kind'], [first, second, ...distances]: readonly number[]): Position | null {
  if (first === undefined) return null;
  if (kind === 'older') return { kind, below: first };
  if (second === undefined) return null;
  if (kind === 'newest') return { kind, modified: first, rid: second };
  let rid = second;
  const shown = distances.map((distance) => {
    rid -= distance;
    return rid;
  });
  return { kind, lowest: first, highest: second, shown };
}

function digest({ indexId, userId, words, types }: Question): string {
  return createHash('sha256')
    .update(JSON.stringify([indexId, userId, words.trim(), types?.toSorted() ?? null]))
    .digest('base64url')
    .slice(0, 16);
}
