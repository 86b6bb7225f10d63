import type { ContactDerivation } from '../access/types.ts';
import type { IndexState, IndexWriter, LedgerRange, ParentRange, ShareWrite, Ticket } from '../index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from './counted.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { hiddenParents } from './hidden-parents.ts';
import { type CountedRange, MOST_CALLS, ROWS_A_COUNT, searchLedger } from './ledger-search.ts';
import { queryMany } from './query-many.ts';
import { type RawRecord, sharesByParent } from './record.ts';
import { type ObjectSelection, readsShares, type Selection } from './selection.ts';
import { backfillShares, countShares, firstShares } from './soql.ts';
import { versionNow } from './version.ts';

type Shared = ObjectSelection & { readonly shareColumns: readonly string[] };

export interface RemovedSharesInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  readonly contacts: ContactDerivation;
  /** The index as the pass found it: an open backfill has the ledger up to its positions only. */
  readonly state: IndexState;
  /** ISO: everything that was stamped before is in the index, so that only removed rows make a difference. */
  readonly before: string;
  /** Rows in one reply of the org: so many are read of one range at once. */
  readonly pageSize: number;
  /** See `hiddenParents`. */
  readonly guardPercent: number;
  readonly signal: AbortSignal;
}

export interface RemovedShares {
  readonly counts: Partial<Record<ObjectName, Counts>>;
  /** Of the share tables that were counted, whether rows are missing together with the records that they share. */
  readonly shares: Partial<Record<ObjectName, 'shown' | 'hidden'>>;
  /** For the operator: what could not be searched, or not to its end. */
  readonly warnings: readonly string[];
}

/**
 * Finds share rows that were removed: they leave no trace but a count. Counts every share table, five counts an API call,
 * and where the ledger has another number, searches by ranges of the parent id and reads what it finds anew. Where the
 * records themselves are no longer shown, in a mass, it leaves their rows as they are; and of an object of which some are
 * known to be hidden, all rows.
 */
export async function findRemovedShares(input: RemovedSharesInput): Promise<RemovedShares> {
  const { salesforce, index, selection, state, contacts, guardPercent, signal } = input;
  const tables: { readonly chosen: Shared; readonly range: ParentRange; readonly pieces: readonly LedgerRange[] }[] =
    [];
  for (const name of OBJECT_NAMES) {
    const chosen = selection.objects[name];
    const range = rangeOf(state, name);
    if (!readsShares(chosen, contacts) || (chosen.on && !chosen.readable) || range === null) continue;
    const [whole] = await index.shareLedger(name, range, 1);
    const pieces = Math.max(1, Math.ceil((whole?.rows ?? 0) / ROWS_A_COUNT));
    tables.push({ chosen, range, pieces: await index.shareLedger(name, range, pieces) });
  }
  const asked = tables.flatMap(({ chosen, pieces }) => pieces.map((range) => ({ chosen, range })));
  const answers = await countRows(input, asked);
  const countOf = new Map(asked.map(({ range }, at) => [range, answers[at] ?? null]));
  const counts: Partial<Record<ObjectName, Counts>> = {};
  const shares: RemovedShares['shares'] = {};
  const warnings: string[] = [];
  const counted = tables.map((table) => ({ ...table, counted: total(table.pieces, countOf) }));
  const hidden = await hiddenParents(salesforce, counted, guardPercent, signal);
  for (const { chosen, pieces, counted: rows } of counted) {
    const { name, share } = chosen.object;
    const unseen = hidden.get(name);
    if (rows !== null) shares[name] = unseen === undefined ? 'shown' : 'hidden';
    if (unseen !== undefined) {
      const shown = unseen.shown === null ? 'does not count' : `shows ${unseen.shown} of`;
      warnings.push(
        `${share.object} lacks rows that the index knows, and the org ${shown} the ${unseen.parents} records that they share, which looks like lost access: who may read them stays as it was`,
      );
      continue;
    }
    if (state.stale.some((stale) => stale.object === name && stale.hidden)) continue;
    const found = await search(
      input,
      chosen,
      pieces.map((range) => withCount(range, countOf.get(range))),
    );
    counts[name] = found.counts;
    if (found.uncounted)
      warnings.push(
        `${share.object} could not be counted: what was removed from it shows after a run that can, or the next complete backfill`,
      );
    else if (!found.isOver)
      warnings.push(
        `${share.object} has other rows than the index, at more places than ${MOST_CALLS} API calls find: the next run goes on`,
      );
  }
  return { counts, shares, warnings };
}

/** What the org counts in all pieces together; null: of one it gave no count. */
function total(pieces: readonly LedgerRange[], countOf: ReadonlyMap<LedgerRange, number | null>): number | null {
  let all = 0;
  for (const piece of pieces) {
    const counted = countOf.get(piece) ?? null;
    if (counted === null) return null;
    all += counted;
  }
  return all;
}

function withCount(range: LedgerRange, counted: number | null | undefined): CountedRange | null {
  return counted === null || counted === undefined ? null : { ...range, counted };
}

/** What the ledger knows whole: all parents, or in an open backfill those up to its position; null: none yet. */
function rangeOf({ backfill }: IndexState, object: ObjectName): ParentRange | null {
  if (backfill === null) return { after: null, upTo: null };
  const position = backfill.positions[object];
  if (position === undefined) return null;
  if (position.done) return { after: null, upTo: null };
  return position.after === null ? null : { after: null, upTo: position.after };
}

/** The org's counts; null where it gave none. */
async function countRows(
  { salesforce, before, signal }: RemovedSharesInput,
  asked: readonly { readonly chosen: Shared; readonly range: ParentRange }[],
): Promise<(number | null)[]> {
  const queries = asked.map(({ chosen, range }) => countShares(chosen, range, before));
  if (queries.length === 0) return [];
  const answers = await answersToCounts(salesforce, queries, { signal });
  return queries.map((_, at) => countIn(answers[at]));
}

async function search(
  input: RemovedSharesInput,
  chosen: Shared,
  whole: readonly (CountedRange | null)[],
): Promise<{ readonly counts: Counts; readonly isOver: boolean; readonly uncounted: boolean }> {
  const { salesforce, index } = input;
  const callsBefore = salesforce.calls;
  let counts = NO_COUNTS;
  let uncounted = false;
  const known = (ranges: readonly (CountedRange | null)[]): CountedRange[] => {
    uncounted ||= ranges.includes(null);
    return ranges.filter((range) => range !== null);
  };
  const left = await searchLedger(known(whole), {
    callsLeft: () => MOST_CALLS - (salesforce.calls - callsBefore),
    async split(partings) {
      const parts: LedgerRange[] = [];
      for (const { range, pieces } of partings)
        parts.push(...(await index.shareLedger(chosen.object.name, range, pieces)));
      const asked = parts.map((part) => ({ chosen, range: part }));
      const rows = await countRows(input, asked);
      return known(parts.map((part, at) => withCount(part, rows[at])));
    },
    async read(ranges) {
      const read = await readRanges(input, chosen, ranges);
      counts = addCounts(counts, read.counts);
      return read.left;
    },
  });
  return { counts, isOver: left.length === 0, uncounted };
}

/** Reads all share rows of the ranges, and has the ledger's parents without any among them lose theirs. */
async function readRanges(
  input: RemovedSharesInput,
  chosen: Shared,
  ranges: readonly CountedRange[],
): Promise<{ readonly counts: Counts; readonly left: readonly CountedRange[] }> {
  const { salesforce, index, ticket, state, pageSize } = input;
  const { name } = chosen.object;
  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const answers = await rowsOf(
    input,
    ranges.map((range) => firstShares(chosen, range, pageSize)),
  );
  let counts = NO_COUNTS;
  const left: CountedRange[] = [];
  for (const [at, range] of ranges.entries()) {
    const { rows, upTo } = await wholeParents(input, chosen, range, answers[at] ?? []);
    const byParent = sharesByParent(chosen, rows);
    const known = await index.sharedParents(name, { after: range.after, upTo });
    const shares = [...new Set([...byParent.keys(), ...known])].map((parentId): ShareWrite => {
      const own = byParent.get(parentId) ?? [];
      return { parentId, object: name, rowCount: own.length, rows: own, version };
    });
    counts = addCounts(counts, countsOf(await index.write(ticket, { shares })));
    if (upTo === range.upTo) continue;
    const [rest] = await index.shareLedger(name, { after: upTo, upTo: range.upTo }, 1);
    if (rest !== undefined) left.push({ ...rest, counted: range.counted - rows.length });
  }
  return { counts, left };
}

/** A full answer may end in the middle of a parent, whose rows then belong to the rest of the range. */
async function wholeParents(
  input: RemovedSharesInput,
  chosen: Shared,
  range: ParentRange,
  rows: readonly RawRecord[],
): Promise<{ readonly rows: readonly RawRecord[]; readonly upTo: string | null }> {
  if (rows.length < input.pageSize) return { rows, upTo: range.upTo };
  const { parentField } = chosen.object.share;
  const parentAt = (place: number): string => String(rows.at(place)?.[parentField]);
  const last = parentAt(-1);
  if (last !== parentAt(0)) {
    const whole = rows.filter((row) => row[parentField] !== last);
    return { rows: whole, upTo: String(whole.at(-1)?.[parentField]) };
  }
  // A parent with more rows than a page.
  const [all = []] = await rowsOf(input, [
    backfillShares(chosen, { after: range.after, upTo: last, afterRow: null, limit: null }),
  ]);
  return { rows: all, upTo: last };
}

async function rowsOf(
  { salesforce, signal }: RemovedSharesInput,
  queries: readonly string[],
): Promise<(readonly RawRecord[])[]> {
  const answers = await queryMany(
    salesforce,
    queries.map((soql) => ({ soql })),
    signal,
  );
  return answers.map((answer) => {
    if (!answer.ok) throw answer.error;
    return answer.records;
  });
}
