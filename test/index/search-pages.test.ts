import { describe, expect, it } from 'vitest';
import { NO_FILTERS } from '../../src/index/model/filters.ts';
import { RECORD_SCORE } from '../../src/index/model/levels.ts';
import type { EngineQuery, EngineView, FoundDocument, Place } from '../../src/index/port/search-engine.ts';
import { findPage } from '../../src/index/search/pages.ts';
import { parseWords } from '../../src/index/text/words.ts';
import { recordId, START, userId } from './contract/setup.ts';

type Finding = Pick<EngineView, 'find' | 'count' | 'matches' | 'records'>;

const document = (n: number, score: number): FoundDocument => ({
  id: recordId('Lead', n),
  object: 'Lead',
  modified: START + n,
  accountId: null,
  strings: {},
  score,
  order: n,
});
const BEST_FIRST = [document(9, 5), document(4, 5), document(8, 1), document(7, 1), document(2, 1)];

/** A view in which every query finds these documents, and the list of what it was asked. */
function viewOf(found: readonly FoundDocument[], record: FoundDocument | null = null) {
  const asked: string[] = [];
  const isAfter = (one: Place, other: Place) =>
    one.score < other.score || (one.score === other.score && one.order < other.order);
  const finding: Finding = {
    async find(_, after, limit) {
      asked.push(`find ${limit}`);
      return found.filter((each) => after === null || isAfter(each, after)).slice(0, limit);
    },
    async count(_, upTo) {
      asked.push('count');
      return Math.min(found.length, upTo);
    },
    async matches(_, id) {
      return found.some((each) => each.id === id);
    },
    async records(ids) {
      return record !== null && ids.includes(record.id) ? [record] : [];
    },
  };
  return { view: finding as EngineView, asked };
}

const query = (words: string): EngineQuery => ({
  words,
  terms: parseWords(words),
  sort: 'relevance',
  scope: { userId: userId(1), groups: [], filters: NO_FILTERS },
});
const idsOf = (found: readonly FoundDocument[]) => found.map(({ id }) => id);

describe('a page', () => {
  it('counts once, and asks for no more documents than there are', async () => {
    const { view, asked } = viewOf(BEST_FIRST);
    const first = await findPage(view, query('sun'), 2, null);
    expect([idsOf(first.found), first.count, first.next]).toEqual([
      idsOf(BEST_FIRST.slice(0, 2)),
      5,
      { score: 5, order: 4 },
    ]);
    const last = await findPage(view, query('sun'), 3, { count: first.count, after: first.next as Place });
    expect([idsOf(last.found), last.count, last.next]).toEqual([idsOf(BEST_FIRST.slice(2)), 5, null]);
    expect(asked).toEqual(['count', 'find 3', 'find 4']);
    expect((await findPage(view, query(''), 200, null)).count).toBe(5);
    expect(asked.slice(3)).toEqual(['count', 'find 5']);
  });

  it.each([
    ['that the words also find', BEST_FIRST, 5],
    ['that the words do not find', BEST_FIRST.filter(({ order }) => order !== 8), 5],
  ])('shows a record whose id was typed first, and once: one %s', async (_, found, count) => {
    const record = document(8, 1);
    const { view } = viewOf(found, record);
    const ids: string[] = [];
    let after: Place | null = null;
    do {
      const page = await findPage(view, query(record.id), 1, after === null ? null : { count, after });
      if (ids.length === 0) expect(page.found).toMatchObject([{ id: record.id, score: RECORD_SCORE }]);
      expect(page.count).toBe(count);
      ids.push(...idsOf(page.found));
      after = page.next;
    } while (after !== null);
    expect(ids).toEqual([record.id, ...idsOf(found).filter((id) => id !== record.id)]);
  });

  it('is empty, without a question to the engine, for a text without letters and digits', async () => {
    const { view, asked } = viewOf(BEST_FIRST);
    expect(await findPage(view, query(' ?! '), 10, null)).toEqual({ found: [], count: 0, next: null });
    expect(asked).toEqual([]);
  });
});
