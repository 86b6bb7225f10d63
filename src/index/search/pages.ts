import { recordId18 } from '../../lib/record-ids.ts';
import type { Cursor } from '../model/cursor.ts';
import { RECORD_SCORE } from '../model/levels.ts';
import type { EngineQuery, EngineView, FoundDocument, Place, ShownDocument } from '../port/search-engine.ts';

/** The highest number to which hits are counted. */
export const MOST_COUNTED = 1_000;

/** The place before every document. */
const START: Place = { score: Number.MAX_SAFE_INTEGER, order: Number.MAX_SAFE_INTEGER };

export interface Page {
  readonly found: readonly FoundDocument[];
  /** The number of documents that match in all, as the first page counted: up to MOST_COUNTED + 1. */
  readonly count: number;
  /** The first page's time ended before it had counted all of them. */
  readonly isCountCut: boolean;
  /** The time ended before the page was full, or before all was counted. */
  readonly isCut: boolean;
  /** The place after which the next page begins. Null: nothing is left. */
  readonly next: Place | null;
}

/** The time of one search. */
export interface SearchTime {
  /** Reports whether as much has passed as counting may take. What is left is for the hits. */
  readonly isCountingOver: () => boolean;
  readonly isOver: () => boolean;
}

/**
 * Returns one page of hits; without a cursor, the first. See `IndexReader.search` for its promises. A record whose id
 * was typed comes first, and on no later page.
 */
export async function findPage(
  view: EngineView,
  query: EngineQuery,
  limit: number,
  cursor: Cursor | null,
  { isCountingOver, isOver }: SearchTime,
): Promise<Page> {
  const before = { count: cursor?.count ?? 0, isCountCut: cursor?.isCountCut ?? false };
  if (!canMatch(query)) return { ...before, found: [], isCut: false, next: null };
  const record = await findRecord(view, query);
  const isFirst = cursor === null;
  const counted = isFirst ? await view.count(query, MOST_COUNTED + 1, isCountingOver) : 0;
  const isCountCut = isFirst && counted <= MOST_COUNTED && isCountingOver();
  // One more than the page needs shows whether there is a next page. The record may also be found by its words.
  const most = limit + (record === null ? 1 : 2);
  const wanted = isFirst && !isCountCut ? Math.min(most, counted) : most;
  const { documents, stoppedAt } = await view.find(query, cursor?.after ?? null, wanted, isOver);
  const left = documents.filter(({ id }) => id !== record?.id);
  const first = isFirst && record !== null ? [{ ...record, ...START, score: RECORD_SCORE }] : [];
  const found = [...first, ...left.slice(0, limit - first.length)];
  const last = found.at(-1);
  const hasMore = first.length + left.length > found.length;
  return {
    found,
    count: cursor?.count ?? (await countWith(view, query, record, counted)),
    isCountCut: before.isCountCut || isCountCut,
    isCut: isCountCut || (stoppedAt !== null && !hasMore),
    next: hasMore && last !== undefined ? placeAfter(last, record) : stoppedAt,
  };
}

/** Returns the id of every document that the pages would show, each once, in no order. */
export async function findIds(view: EngineView, query: EngineQuery): Promise<string[]> {
  const ids = canMatch(query) ? await view.ids(query) : [];
  const record = await findRecord(view, query);
  return record === null || ids.includes(record.id) ? ids : [record.id, ...ids];
}

/** Reports whether the query can find anything. A text without a letter or digit finds nothing. */
function canMatch({ words, terms }: EngineQuery): boolean {
  return terms.length > 0 || words.trim() === '';
}

/** Finds the record whose id was typed (15 or 18 characters), if the searcher may read it. */
async function findRecord(view: EngineView, { words, scope }: EngineQuery): Promise<ShownDocument | null> {
  const id = recordId18(words.trim());
  if (id === null) return null;
  const [record] = await view.records([id], scope);
  return record ?? null;
}

/** Returns the number of matching documents, with the record whose id was typed, even if its words do not match. */
async function countWith(
  view: EngineView,
  query: EngineQuery,
  record: ShownDocument | null,
  counted: number,
): Promise<number> {
  const isCounted = record === null || (await view.matches(query, record.id));
  return Math.min(counted + (isCounted ? 0 : 1), MOST_COUNTED + 1);
}

/** Returns the next page's start. A page that only shows the record whose id was typed ends before the best hit. */
function placeAfter({ id, score, order }: FoundDocument, record: ShownDocument | null): Place {
  return id === record?.id ? START : { score, order };
}
