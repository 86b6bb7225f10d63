import type { Term } from '../words.ts';
import type { Cursor, Position } from './cursor.ts';
import type { Database } from './database.ts';
import { EVERY_RID, type Found, findNewest, findRecord, findWords, hasWords, LIST_START, POOL } from './find.ts';
import type { Visibility } from './visibility.ts';

export interface Page {
  readonly found: readonly Found[];
  /** How many documents match in all, as the first page counted: up to POOL + 1. */
  readonly count: number;
  /** Where the next page begins; null: nothing is left. */
  readonly next: Position | null;
}

/** What is asked, by whom. */
export interface Asked {
  readonly db: Database;
  readonly words: string;
  readonly terms: readonly Term[];
  readonly visible: Visibility;
  readonly limit: number;
}

/** One page of what the searcher finds; without a cursor the first. See `IndexReader.search` for its promises. */
export function findPage(asked: Asked, cursor: Cursor | null): Page {
  const page = asked.words.trim() === '' ? newestPage(asked, cursor) : wordsPage(asked, cursor);
  return cursor === null ? page : { ...page, count: cursor.count };
}

function newestPage({ db, visible, limit }: Asked, cursor: Cursor | null): Page {
  const after = cursor?.position.kind === 'newest' ? cursor.position : LIST_START;
  const rows = findNewest(db, visible, after, cursor === null ? POOL + 1 : limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    found: shown.map(({ rid }) => ({ rid, score: 0 })),
    count: rows.length,
    next: last === undefined || rows.length === shown.length ? null : { kind: 'newest', ...last },
  };
}

/** A record whose id was typed comes first, and on no later page. */
function wordsPage(asked: Asked, cursor: Cursor | null): Page {
  const { db, words, terms, visible, limit } = asked;
  if (terms.length === 0) return { found: [], count: 0, next: null };
  const record = findRecord(db, words, visible)?.rid ?? null;
  if (cursor?.position.kind === 'older') return olderPage(asked, record, limit, cursor.position.below);
  if (cursor !== null || record === null) return rankedPage(asked, record, limit, cursor?.position ?? null);
  const { found, count, next } = rankedPage(asked, record, limit - 1, null);
  return {
    found: [{ rid: record, score: (found[0]?.score ?? 0) + 1 }, ...found],
    count: Math.min(count + (hasWords(db, record, terms, visible) ? 0 : 1), POOL + 1),
    next,
  };
}

/** @param position null: the pool is opened */
function rankedPage(asked: Asked, record: number | null, room: number, position: Position | null): Page {
  const { db, terms, visible } = asked;
  const open = position?.kind === 'ranked' ? position : null;
  const shown = new Set(open?.shown).add(record ?? -1);
  const { found, count, range } = findWords(db, terms, visible, open ?? EVERY_RID, {
    newest: open === null ? POOL + 1 : null,
    best: room + 1 + shown.size,
  });
  const { lowest, highest } = open ?? { lowest: count > POOL ? range.lowest : 0, highest: range.highest };
  const left = found.filter(({ rid }) => !shown.has(rid));
  const best = left.slice(0, room);
  if (left.length > room) {
    const rids = [...(open?.shown ?? []), ...best.map(({ rid }) => rid)];
    return { found: best, count, next: { kind: 'ranked', lowest, highest, shown: rids } };
  }
  const older = olderPage(asked, record, room - best.length, lowest);
  return { found: [...best, ...older.found], count, next: older.next };
}

function olderPage({ db, terms, visible }: Asked, record: number | null, room: number, below: number): Page {
  if (below === 0) return { found: [], count: 0, next: null };
  // One more to know whether there is a next page, and one for the record that is left out.
  const most = room + 2;
  const { found } = findWords(db, terms, visible, { lowest: 0, highest: below - 1 }, { newest: most, best: most });
  const left = found.filter(({ rid }) => rid !== record).toSorted((one, other) => other.rid - one.rid);
  const newest = left.slice(0, room);
  return {
    found: newest,
    count: 0,
    next: left.length > room ? { kind: 'older', below: newest.at(-1)?.rid ?? below } : null,
  };
}
