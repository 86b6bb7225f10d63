import { describe, expect, it } from 'vitest';
import { NO_FILTERS } from '../../src/index/model/filters.ts';
import { RECORD_SCORE } from '../../src/index/model/levels.ts';
import type { EngineQuery, EngineView, FoundDocument, Place } from '../../src/index/port/search-engine.ts';
import { findPage, type SearchTime } from '../../src/index/search/pages.ts';
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
      const documents = found.filter((each) => after === null || isAfter(each, after)).slice(0, limit);
      return { documents, stoppedAt: null };
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

const UNLIMITED: SearchTime = { isCountingOver: () => false, isOver: () => false };

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
    const first = await findPage(view, query('sun'), 2, null, UNLIMITED);
    expect([idsOf(first.found), first.count, first.next]).toEqual([
      idsOf(BEST_FIRST.slice(0, 2)),
      5,
      { score: 5, order: 4 },
    ]);
    const last = await findPage(
      view,
      query('sun'),
      3,
      { count: first.count, isCountCut: false, after: first.next as Place },
      UNLIMITED,
    );
    expect([idsOf(last.found), last.count, last.next]).toEqual([idsOf(BEST_FIRST.slice(2)), 5, null]);
    expect(asked).toEqual(['count', 'find 3', 'find 4']);
    expect((await findPage(view, query(''), 200, null, UNLIMITED)).count).toBe(5);
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
      const page = await findPage(
        view,
        query(record.id),
        1,
        after === null ? null : { count, isCountCut: false, after },
        UNLIMITED,
      );
      if (ids.length === 0) expect(page.found).toMatchObject([{ id: record.id, score: RECORD_SCORE }]);
      expect(page.count).toBe(count);
      ids.push(...idsOf(page.found));
      after = page.next;
    } while (after !== null);
    expect(ids).toEqual([record.id, ...idsOf(found).filter((id) => id !== record.id)]);
  });

  it('is empty, without a question to the engine, for a text without letters and digits', async () => {
    const { view, asked } = viewOf(BEST_FIRST);
    expect(await findPage(view, query(' ?! '), 10, null, UNLIMITED)).toEqual({
      found: [],
      count: 0,
      isCountCut: false,
      isCut: false,
      next: null,
    });
    expect(asked).toEqual([]);
  });

  it('that took too long shows what was found, and the next one continues where the engine stopped', async () => {
    const { view } = viewOf(BEST_FIRST);
    const stoppedAt = { score: 1, order: 9 };
    const stopping: EngineView = {
      ...view,
      find: async () => ({ documents: BEST_FIRST.slice(0, 2), stoppedAt }),
    };
    const over: SearchTime = { isCountingOver: () => false, isOver: () => true };
    const page = await findPage(stopping, query('sun'), 3, null, over);
    expect(page).toMatchObject({ count: 5, isCountCut: false, isCut: true, next: stoppedAt });
    expect(idsOf(page.found)).toEqual(idsOf(BEST_FIRST.slice(0, 2)));
    const full = await findPage(stopping, query('sun'), 1, null, over);
    expect(full).toMatchObject({ isCut: false, next: { score: 5, order: 9 } });
  });

  it('whose count took too long has the hits, and says on every page that there may be more', async () => {
    const { view } = viewOf(BEST_FIRST);
    const late: EngineView = { ...view, count: async () => 0 };
    const over: SearchTime = { isCountingOver: () => true, isOver: () => false };
    const first = await findPage(late, query('sun'), 4, null, over);
    expect(first).toMatchObject({ count: 0, isCountCut: true, isCut: true, next: { score: 1, order: 7 } });
    expect(first.found).toHaveLength(4);
    const cursor = { count: 0, isCountCut: true, after: first.next as Place };
    expect(await findPage(late, query('sun'), 4, cursor, UNLIMITED)).toMatchObject({ isCountCut: true, isCut: false });
    const many: EngineView = { ...view, count: async () => 1_001 };
    expect(await findPage(many, query('sun'), 4, null, over)).toMatchObject({ isCountCut: false, isCut: false });
  });
});
