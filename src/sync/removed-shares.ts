import type { ContactSharing } from '../access/types.ts';
import type { RunWarning, Stream } from '../facts/warnings.ts';
import type { FencingToken } from '../index/port/admission.ts';
import type { LedgerRange, ParentRange } from '../index/port/ledger.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { IndexState } from '../index/port/state.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { Counts } from './counts.ts';
import { hiddenParents, hiddenWarning } from './hidden-parents.ts';
import { type CountedRange, MOST_CALLS, ROWS_A_COUNT } from './ledger-search.ts';
import type { Refusals } from './refusals.ts';
import { type ResolvedSchema, readsShares } from './resolved-schema.ts';
import { countedIn, shareRanges } from './share-ranges.ts';
import { parentsRead } from './slice-records.ts';
import type { Shared } from './soql.ts';

/** Pieces of one table that a run counts, five per API call. */
const MOST_PIECES = 35;

export interface RemovedSharesInput {
  readonly salesforce: Salesforce;
  readonly store: RunStore;
  readonly fence: FencingToken;
  readonly schema: ResolvedSchema;
  readonly contacts: ContactSharing;
  /** The index as the pass found it. During an open backfill, its ledger reaches only as far as the positions. */
  readonly state: IndexState;
  /** Objects of which some records are known to be hidden from the integration user. */
  readonly hidden: ReadonlySet<ObjectName>;
  /** ISO time before which every stamped change is in the index, so that only removed rows make a difference. */
  readonly before: string;
  /** Rows in one reply of the org, and so the most that are read of a range at once. */
  readonly pageSize: number;
  /** See `hiddenParents`. */
  readonly guardPercent: number;
  readonly refusals: Refusals;
  /** Returns whether the org refuses the stream. */
  readonly isBlocked: (stream: Stream) => boolean;
  /** Objects whose share rows are compared by ranges, see `lookAtShares`. */
  readonly slow: ReadonlySet<ObjectName>;
  readonly signal: AbortSignal;
}

export interface RemovedShares {
  readonly counts: Partial<Record<ObjectName, Counts>>;
  /** For each counted share table, whether rows are missing together with the records that they share. */
  readonly shares: Partial<Record<ObjectName, 'shown' | 'hidden'>>;
  /** For the operator: tables that could not be searched, or not completely. */
  readonly warnings: readonly RunWarning[];
}

/**
 * Finds removed share rows, which leave no trace except a lower count. Counts every share table, five counts per API
 * call. If the ledger has another number, searches by ranges of the parent id and reads what differs again. Leaves the
 * rows alone if the org no longer shows a mass of the records themselves, or if some records of the object are known to
 * be hidden.
 */
export async function findRemovedShares(input: RemovedSharesInput): Promise<RemovedShares> {
  const { salesforce, store, schema, state, contacts, guardPercent, signal } = input;
  const tables: { readonly chosen: Shared; readonly range: ParentRange; readonly pieces: readonly LedgerRange[] }[] =
    [];
  for (const name of OBJECT_NAMES) {
    const chosen = schema.objects[name];
    const range = rangeOf(state, name);
    if (!readsShares(chosen, contacts) || (chosen.on && !chosen.readable) || range === null) continue;
    if (input.isBlocked({ object: name, of: 'shares' }) || input.slow.has(name)) continue;
    const pieces = await store.shareLedgerAhead(name, range, ROWS_A_COUNT, null);
    tables.push({ chosen, range, pieces: inTurn(pieces, input.fence.run) });
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

/** Returns the org's count of all pieces together; null if one of them has no count. */
function total(pieces: readonly LedgerRange[], countOf: ReadonlyMap<LedgerRange, CountedRange | null>): number | null {
  let all = 0;
  for (const piece of pieces) {
    const counted = countOf.get(piece)?.counted ?? null;
    if (counted === null) return null;
    all += counted;
  }
  return all;
}

/** Picks some pieces of a huge table, different ones in each run. */
function inTurn(pieces: readonly LedgerRange[], run: number): readonly LedgerRange[] {
  const turns = Math.ceil(pieces.length / MOST_PIECES);
  const turn = run % turns;
  return pieces.slice(turn * MOST_PIECES, (turn + 1) * MOST_PIECES);
}

/**
 * Returns the range that the ledger knows completely: all parents, or during an open backfill those up to its position;
 * null if there are none yet.
 */
export function rangeOf({ backfill }: IndexState, object: ObjectName): ParentRange | null {
  if (backfill === null || backfill.objects?.includes(object) === false) return { after: null, upTo: null };
  const position = backfill.positions[object];
  return position === undefined ? null : parentsRead(position);
}
