import type { Sort } from '../../model/filters.ts';
import type { Database } from '../file/database.ts';
import type { Cursor, Position } from './cursor.ts';
import { countWords, type Found, findBest, findNewest, findRecord, hasWords, START } from './find.ts';
import { type Query, RECORD_SCORE } from './query.ts';
import type { Visibility } from './visibility.ts';

/** The highest number to which hits are counted. */
export const MOST_COUNTED = 1_000;

export interface Page {
  readonly found: readonly Found[];
  /** The number of documents that match in all, as the first page counted: up to MOST_COUNTED + 1. */
  readonly count: number;
  /** Where the next page begins. Null: nothing is left. */
  readonly next: Position | null;
}

/** A search and its searcher. */
export interface Asked extends Query {
  readonly db: Database;
  readonly visible: Visibility;
  readonly sort: Sort;
  readonly limit: number;
}

/** Returns one page of hits; without a cursor, the first. See `IndexReader.search` for its promises. */
export function findPage(asked: Asked, cursor: Cursor | null): Page {
  const page = asked.words.trim() === '' ? newestPage(asked, cursor) : wordsPage(asked, cursor);
  return cursor === null ? page : { ...page, count: cursor.count };
}

function newestPage({ db, visible, limit }: Asked, cursor: Cursor | null): Page {
  const below = cursor?.position.rowNumber ?? START.rowNumber;
  const rowNumbers = findNewest(db, visible, below, cursor === null ? MOST_COUNTED + 1 : limit + 1);
  const shown = rowNumbers.slice(0, limit);
  const last = shown.at(-1);
  return {
    found: shown.map((rowNumber) => ({ rowNumber, score: 0 })),
    count: rowNumbers.length,
    next: last === undefined || rowNumbers.length === shown.length ? null : { kind: 'newest', rowNumber: last },
  };
}

/** Returns a page of a search with words. A record whose id was typed comes first, and on no later page. */
function wordsPage({ db, visible, limit, ...query }: Asked, cursor: Cursor | null): Page {
  if (query.terms.length === 0) return { found: [], count: 0, next: null };
  const record = findRecord(db, query.words, visible)?.rowNumber ?? null;
  const after = cursor?.position.kind === 'ranked' ? cursor.position : START;
  const isFirst = cursor === null;
  const counted = isFirst ? countWords(db, query, visible, MOST_COUNTED + 1) : 0;
  // One more than the page needs shows whether there is a next page. The record may also be found by its words.
  const most = limit + (record === null ? 1 : 2);
  const left = findBest(db, query, visible, after, isFirst ? Math.min(most, counted) : most).filter(
    ({ rowNumber }) => rowNumber !== record,
  );
  const first = isFirst && record !== null ? [{ rowNumber: record, score: RECORD_SCORE }] : [];
  const found = [...first, ...left.slice(0, limit - first.length)];
  const isCounted = record === null || hasWords(db, record, query, visible);
  const last = found.at(-1);
  const hasMore = first.length + left.length > found.length;
  return {
    found,
    count: Math.min(counted + (isCounted ? 0 : 1), MOST_COUNTED + 1),
    next: hasMore && last !== undefined ? placeAfter(last, record) : null,
  };
}

/** Returns the next page's start. A page that only shows the record whose id was typed ends before the best hit. */
function placeAfter(last: Found, record: number | null): Position {
  return { kind: 'ranked', ...(last.rowNumber === record ? START : last) };
}
