import { setImmediate as breathe } from 'node:timers/promises';
import type { ObjectName } from '../../../objects/index.ts';
import type { LedgerRange, ParentRange } from '../../port/ledger.ts';
import type { Database } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { integer, optional, text, time } from '../file/stored.ts';
import { rememberedLedger, rememberLedger } from './remembered-ledger.ts';

/** The ledger, counted by ranges of parents. `parents.ts` writes it. */

const IN_RANGE = 'from parent where obj = ?1 and row_count > 0 and id > ?2 and id <= ?3';

/** Greater than every id. */
const LAST = '~';

/** The number of parents summed at once: some milliseconds, after which heartbeats and searches can run. */
const STEP = 20_000;

/** See `ShareLedger.shareLedger`. */
export function shareLedger(
  db: Database,
  object: ObjectName,
  range: ParentRange,
  pieces: number,
): Promise<LedgerRange[]> {
  return db.readingInTurn(async () => {
    const whole = await pieceOf(db, object, range, { parents: Infinity, rows: Infinity });
    const size = Math.ceil(whole.parents / pieces);
    if (pieces === 1 || size === 0) return [whole];
    return piecesOf(db, object, range, { parents: size, rows: Infinity }, null);
  });
}

/** See `ShareLedger.shareLedgerAhead`. */
export async function shareLedgerAhead(
  db: Database,
  object: ObjectName,
  range: ParentRange,
  rows: number,
  most: number | null,
): Promise<LedgerRange[]> {
  const count = (): Promise<LedgerRange[]> => piecesOf(db, object, range, { parents: Infinity, rows }, most);
  if (range.after !== null || range.upTo !== null || most !== null) return db.readingInTurn(count);
  const remembered = await db.readingInTurn(() => rememberedLedger(db, object, rows));
  // The same text is parsed once: two objects with equal ledgers would get the same pieces.
  if (remembered !== null) return remembered.map((piece) => ({ ...piece }));
  return db.writing(async () => {
    const pieces = await count();
    rememberLedger(db, object, rows, pieces);
    return pieces;
  });
}

/** See `ShareLedger.sharedParents`. */
export function sharedParents(db: Database, object: ObjectName, range: ParentRange): Promise<string[]> {
  return db.readingInTurn(() => db.values(text('id'), `${IN_RANGE} order by id`, ...values(object, range)));
}

/** The largest size of a piece. */
interface Size {
  readonly parents: number;
  /** The parent that reaches this number is the last one in the piece. */
  readonly rows: number;
}

async function piecesOf(
  db: Database,
  object: ObjectName,
  range: ParentRange,
  size: Size,
  most: number | null,
): Promise<LedgerRange[]> {
  const pieces: LedgerRange[] = [];
  for (let { after } = range; most === null || pieces.length < most; ) {
    const piece = await pieceOf(db, object, { after, upTo: range.upTo }, size);
    pieces.push(piece);
    if (piece.upTo === range.upTo) break;
    after = piece.upTo;
  }
  return pieces;
}

/** Returns the first piece of the range, up to the size. It extends to the range's end if no parent follows. */
async function pieceOf(db: Database, object: ObjectName, range: ParentRange, size: Size): Promise<LedgerRange> {
  let [parents, rows, newest, after]: [number, number, number | null, string | null] = [0, 0, null, range.after];
  for (;;) {
    const most = Math.min(STEP, size.parents - parents);
    const step = stepOf(db, object, { after, upTo: range.upTo }, most, size.rows - rows);
    parents += step.parents;
    rows += step.rows;
    if (step.newest !== null) newest = Math.max(newest ?? step.newest, step.newest);
    after = step.last ?? after;
    const isFull = parents >= size.parents || rows >= size.rows;
    if (step.parents === 0 || (isFull && !db.has(IN_RANGE, ...values(object, { after, upTo: range.upTo })))) {
      after = range.upTo;
      break;
    }
    if (isFull) break;
    await breathe();
  }
  return {
    after: range.after,
    upTo: after,
    parents,
    rows,
    newest: newest === null ? null : new Date(newest).toISOString(),
  };
}

const SUMS = [
  integer('count(*)'),
  integer('coalesce(sum(row_count), 0)'),
  optional(time('max(newest)')),
  optional(text('max(id)')),
] as const;

const FIRST = `select id, row_count, newest ${IN_RANGE} order by id limit ?4`;
const UP_TO_ROWS = `select id, row_count, newest, sum(row_count) over (order by id) - row_count before from (${FIRST})`;

/** Sums the first parents of the range: at most `parents`, and no more than needed to reach `rows`. */
function stepOf(db: Database, object: ObjectName, range: ParentRange, parents: number, rows: number) {
  const first = [...values(object, range), parents] as const;
  const sums = db.get(SUMS, `from (${FIRST})`, ...first);
  const isTooMuch = (sums?.[1] ?? 0) > rows;
  const found = isTooMuch ? db.get(SUMS, `from (${UP_TO_ROWS}) where before < ?5`, ...first, rows) : sums;
  const [count, sum, newest, last] = found ?? [0, 0, null, null];
  return { parents: count, rows: sum, newest, last };
}

function values(object: ObjectName, { after, upTo }: ParentRange): [number, string, string] {
  return [codeOf(object), after ?? '', upTo ?? LAST];
}
