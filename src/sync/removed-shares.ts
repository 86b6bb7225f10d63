import type { ContactDerivation } from '../access/types.ts';
import type { RunWarning } from '../facts/warnings.ts';
import type { IndexState, IndexWriter, LedgerRange, ParentRange, Stream, Ticket } from '../index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { Counts } from './counts.ts';
import { hiddenParents, hiddenWarning } from './hidden-parents.ts';
import { type CountedRange, MOST_CALLS, ROWS_A_COUNT } from './ledger-search.ts';
import type { Refusals } from './refusals.ts';
import { readsShares, type Selection } from './selection.ts';
import { countedIn, shareRanges } from './share-ranges.ts';
import type { Shared } from './soql.ts';

/** Pieces of one table that a run counts, five to an API call. */
const MOST_PIECES = 35;

export interface RemovedSharesInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  readonly contacts: ContactDerivation;
  /** The index as the pass found it: an open backfill has the ledger up to its positions only. */
  readonly state: IndexState;
  /** Objects of which records are known to be hidden from the integration user. */
  readonly hidden: ReadonlySet<ObjectName>;
  /** ISO: everything that was stamped before is in the index, so that only removed rows make a difference. */
  readonly before: string;
  /** Rows in one reply of the org: so many are read of one range at once. */
  readonly pageSize: number;
  /** See `hiddenParents`. */
  readonly guardPercent: number;
  readonly refusals: Refusals;
  /** Whether the org refuses the stream. */
  readonly isBlocked: (stream: Stream) => boolean;
  /** Objects whose share rows are compared by ranges: see `lookAtShares`. */
  readonly slow: ReadonlySet<ObjectName>;
  readonly signal: AbortSignal;
}

export interface RemovedShares {
  readonly counts: Partial<Record<ObjectName, Counts>>;
  /** Of the share tables that were counted, whether rows are missing together with the records that they share. */
  readonly shares: Partial<Record<ObjectName, 'shown' | 'hidden'>>;
  /** For the operator: what could not be searched, or not to its end. */
  readonly warnings: readonly RunWarning[];
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
    if (input.isBlocked({ object: name, of: 'shares' }) || input.slow.has(name)) continue;
    const pieces = await index.shareLedgerAhead(name, range, ROWS_A_COUNT, null);
    tables.push({ chosen, range, pieces: inTurn(pieces, input.ticket.run) });
  }
  const ranges = shareRanges(input);
  const asked = tables.flatMap(({ chosen, pieces }) => pieces.map((range) => ({ chosen, range })));
  const answers = await ranges.count(asked);
  const countOf = new Map(asked.map(({ range }, at) => [range, countedIn(answers[at])]));
  const counts: Partial<Record<ObjectName, Counts>> = {};
  const shares: RemovedShares['shares'] = {};
  const warnings: RunWarning[] = [];
  const counted = tables.map((table) => ({ ...table, counted: total(table.pieces, countOf) }));
  const hidden = await hiddenParents(salesforce, counted, guardPercent, signal);
  for (const { chosen, pieces, counted: rows } of counted) {
    const { name, share } = chosen.object;
    const unseen = hidden.get(name);
    if (rows !== null) shares[name] = unseen === undefined ? 'shown' : 'hidden';
    if (unseen !== undefined) {
      warnings.push(hiddenWarning(chosen, unseen));
      continue;
    }
    if (input.hidden.has(name)) continue;
    const whole = pieces.map((range) => countOf.get(range) ?? null);
    const mostCalls = MOST_CALLS * Math.min(pieces.length, 10);
    const found = await input.refusals.guard({ object: name, of: 'shares' }, () =>
      ranges.search(chosen, whole, mostCalls),
    );
    if (found === null) continue;
    counts[name] = found.counts;
    const shareObject = share.object;
    if (found.uncounted) warnings.push({ code: 'share_rows_uncounted', shareObject });
    else if (found.left.length > 0)
      warnings.push({ code: 'share_search_unfinished', shareObject, apiCalls: mostCalls });
  }
  return { counts, shares, warnings };
}

/** What the org counts in all pieces together; null: of one it gave no count. */
function total(pieces: readonly LedgerRange[], countOf: ReadonlyMap<LedgerRange, CountedRange | null>): number | null {
  let all = 0;
  for (const piece of pieces) {
    const counted = countOf.get(piece)?.counted ?? null;
    if (counted === null) return null;
    all += counted;
  }
  return all;
}

/** Of a huge table some pieces, in each run others. */
function inTurn(pieces: readonly LedgerRange[], run: number): readonly LedgerRange[] {
  const turns = Math.ceil(pieces.length / MOST_PIECES);
  const turn = run % turns;
  return pieces.slice(turn * MOST_PIECES, (turn + 1) * MOST_PIECES);
}

/** What the ledger knows whole: all parents, or in an open backfill those up to its position; null: none yet. */
export function rangeOf({ backfill }: IndexState, object: ObjectName): ParentRange | null {
  if (backfill === null || backfill.objects?.includes(object) === false) return { after: null, upTo: null };
  const position = backfill.positions[object];
  if (position === undefined) return null;
  if (position.done) return { after: null, upTo: null };
  return position.after === null ? null : { after: null, upTo: position.after };
}
