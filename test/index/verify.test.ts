import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SearchRefusedError } from '../../src/index/port/errors.ts';
import type { Hit, IndexReader, SearchOptions, SearchResult, Unconfirmed } from '../../src/index/port/reader.ts';
import { verifying } from '../../src/index/search/verify.ts';
import { holdsInTime } from '../salesforce/seeded.ts';

const FILE = 'test/index/verify.test.ts';
const USER = '005000000000001AAA';
const ACCOUNT = { id: 'account', name: 'Alder Mill' };

/** What Salesforce answers about a record. Null: nothing. */
type Says = 'yes' | 'no' | null;

const hit = (id: string, account: Hit['account'] = null): Hit => ({
  id,
  object: 'Lead',
  url: `/${id}`,
  title: id,
  account,
  snippet: '',
  snippetField: null,
  modified: '2026-03-01T00:00:00.000Z',
  score: 0,
  fields: {},
});

/** An index that returns these hits in this order. Its cursors are positions. */
function indexOf(hits: readonly Hit[]): IndexReader {
  return {
    async search(_words, { limit = 20, cursor = null }) {
      const from = Number(cursor ?? 0);
      const to = from + limit;
      return {
        userId: USER,
        hits: hits.slice(from, to),
        total: hits.length,
        totalIsLowerBound: false,
        isCut: false,
        cursor: to < hits.length ? `${to}` : null,
      };
    },
    ids: async () => hits.map(({ id }) => id),
    record: async (id) => hits.find((each) => each.id === id) ?? null,
    close: async () => {},
  };
}

/** Salesforce as far as it is asked: its answer for each record, and each question that it got. */
function salesforce(says: ReadonlyMap<string, Says>) {
  const questions: (readonly string[])[] = [];
  const verifier = async (userId: string, ids: readonly string[]) => {
    expect(userId).toBe(USER);
    questions.push(ids);
    return new Map(
      ids.flatMap((id) => {
        const said = says.get(id) ?? null;
        return said === null ? [] : [[id, said === 'yes'] as const];
      }),
    );
  };
  return { verifier, questions };
}

function worldOf(answers: readonly Says[]) {
  const hits = answers.map((_, at) => hit(`r${at}`));
  const says = new Map<string, Says>(answers.map((said, at) => [`r${at}`, said]));
  return { hits, says };
}

function opened(hits: readonly Hit[], says: ReadonlyMap<string, Says>) {
  const { verifier, questions } = salesforce(says);
  const leftOut: Unconfirmed[] = [];
  const index = verifying(indexOf(hits), { verifier, onUnconfirmed: (each) => leftOut.push(each) });
  const search = (options: Omit<SearchOptions, 'as'> = {}) => index.search('w', { as: USER, verify: true, ...options });
  return { search, questions, leftOut };
}

/** All pages, with everything that a user can observe, except the text of a cursor. */
async function pages(search: (options: Omit<SearchOptions, 'as'>) => Promise<SearchResult>, limit: number) {
  const seen: unknown[] = [];
  let cursor: string | null = null;
  do {
    const page: SearchResult = await search({ limit, cursor });
    seen.push({ ...page, cursor: page.cursor !== null });
    cursor = page.cursor;
  } while (cursor !== null);
  return seen;
}

const answer = fc.constantFrom<Says>('yes', 'yes', 'no', null);

describe('a verified result', () => {
  it('is the same, page by page, whether or not the index contains what Salesforce does not confirm', async () => {
    // So few hits are left out that no page needs a sixth call.
    const world = fc.record({ answers: fc.array(answer, { maxLength: 12 }), limit: fc.integer({ min: 3, max: 6 }) });
    await holdsInTime(FILE, 500, world, {
      check: async ({ answers, limit }) => {
        const { hits, says } = worldOf(answers);
        const without = hits.filter(({ id }) => says.get(id) === 'yes');
        expect(await pages(opened(hits, says).search, limit)).toEqual(await pages(opened(without, says).search, limit));
      },
      show: (value) => JSON.stringify(value),
    });
  });

  it('adds up over all pages to everything that is confirmed, each once, regardless of what is left out', async () => {
    const world = fc.record({ answers: fc.array(answer, { maxLength: 80 }), limit: fc.integer({ min: 1, max: 9 }) });
    await holdsInTime(FILE, 300, world, {
      check: async ({ answers, limit }) => {
        const { hits, says } = worldOf(answers);
        const { search, leftOut } = opened(hits, says);
        const found = (await pages(search, limit)).flatMap((page) => (page as SearchResult).hits.map(({ id }) => id));
        expect(found).toEqual(hits.map(({ id }) => id).filter((id) => says.get(id) === 'yes'));
        const count = (said: Says) => answers.filter((each) => each === said).length;
        const sum = (of: 'denied' | 'unverified') => leftOut.reduce((total, each) => total + each[of], 0);
        expect([sum('denied'), sum('unverified')]).toEqual([count('no'), count(null)]);
      },
      show: (value) => JSON.stringify(value),
    });
  });

  it('has only fields that a plain result has', async () => {
    const { hits, says } = worldOf(['yes', 'no', null]);
    const verified = await opened(hits, says).search();
    expect(Object.keys(verified).sort()).toEqual(['cursor', 'hits', 'isCut', 'total', 'totalIsLowerBound', 'userId']);
    expect(verified).toMatchObject({ total: 1, totalIsLowerBound: false, cursor: null });
  });

  it('ends after a page that was cut, and its cursor continues', async () => {
    const { hits, says } = worldOf(['yes', 'no', 'yes', 'yes']);
    const index = indexOf(hits);
    const cutting: IndexReader = {
      ...index,
      async search(words, options) {
        const { hits: found, ...page } = await index.search(words, { ...options, limit: 2 });
        return { ...page, hits: found, isCut: page.cursor !== null };
      },
    };
    const { verifier, questions } = salesforce(says);
    const { search } = verifying(cutting, { verifier });
    const options = { as: USER, verify: true, limit: 4 };
    const first = await search('w', options);
    expect(first).toMatchObject({ hits: [{ id: 'r0' }], isCut: true, totalIsLowerBound: true, cursor: '2' });
    expect(questions).toEqual([['r0', 'r1']]);
    const rest = await search('w', { ...options, cursor: first.cursor });
    expect(rest).toMatchObject({ hits: [{ id: 'r2' }, { id: 'r3' }], isCut: false, cursor: null });
  });

  it('names no account that Salesforce does not confirm', async () => {
    const found = async (said: Says) =>
      (await opened([hit('r', ACCOUNT)], new Map([['r', 'yes'] as const, ['account', said] as const])).search()).hits;
    expect(await found('yes')).toMatchObject([{ account: ACCOUNT }]);
    expect(await found('no')).toMatchObject([{ account: null }]);
    expect(await found(null)).toMatchObject([{ account: null }]);
  });
});

describe('the cost of a verified result', () => {
  it('shows no hit for an account filter if Salesforce does not confirm the account', async () => {
    const search = async (said: Says, account?: string) => {
      const answers = new Map([['r', 'yes'] as const, ['account', said] as const]);
      const { search: asked, leftOut } = opened([hit('r', ACCOUNT)], answers);
      const { hits, total } = await asked(account === undefined ? {} : { account });
      return [hits.length, total, leftOut.map(({ denied, unverified }) => [denied, unverified])];
    };
    expect(await search('no')).toEqual([1, 1, []]);
    expect(await search('yes', ACCOUNT.id)).toEqual([1, 1, []]);
    expect(await search('no', ACCOUNT.id)).toEqual([0, 0, [[1, 0]]]);
    expect(await search(null, ACCOUNT.id)).toEqual([0, 0, [[0, 1]]]);
  });

  it('is one API call if nothing is left out, and if the next page fills the gaps', async () => {
    for (const answers of [Array(9).fill('yes'), ['no', 'yes', null, 'yes', 'yes', 'yes', 'yes', 'yes', 'yes']]) {
      const { hits, says } = worldOf(answers);
      const { search, questions } = opened(hits, says);
      const page = await search({ limit: 4 });
      expect([page.hits.length, page.cursor !== null, questions.length]).toEqual([4, true, 1]);
    }
  });

  it('is zero if the index finds nothing', async () => {
    const { search, questions } = opened([], new Map());
    expect(await search()).toMatchObject({ hits: [], total: 0, cursor: null });
    expect(questions).toEqual([]);
  });

  it('is at most five API calls, after which the page is short and its cursor continues', async () => {
    const { hits, says } = worldOf([...Array(30).fill('no'), 'yes']);
    const { search, questions, leftOut } = opened(hits, says);
    const page = await search({ limit: 2 });
    expect(questions).toHaveLength(5);
    expect(page).toMatchObject({ hits: [], total: 0, totalIsLowerBound: true });
    expect(leftOut).toEqual([{ userId: USER, denied: 20, unverified: 0 }]);
    expect(await search({ limit: 2, cursor: page.cursor })).toMatchObject({ hits: [{ id: 'r30' }], cursor: null });
  });

  it('covers each record once, and no more records than fit into one call', async () => {
    const hits = Array.from({ length: 900 }, (_, at) => hit(`r${at}`, { ...ACCOUNT, id: `a${at}` }));
    const says = new Map(hits.map(({ id }, at) => [id, at % 3 === 0 ? 'yes' : 'no'] as const));
    const { search, questions } = opened(hits, says);
    await search({ limit: 200 });
    expect(new Set(questions.flat()).size).toBe(questions.flat().length);
    expect(Math.max(...questions.map((ids) => ids.length))).toBeLessThanOrEqual(1000);
  });
});

describe('a search', () => {
  it('asks nobody without `verify`', async () => {
    const { hits, says } = worldOf(['yes', 'no']);
    const { search, questions } = opened(hits, says);
    expect((await search({ verify: false })).hits).toHaveLength(2);
    expect(questions).toEqual([]);
  });

  it('is refused with `verify` if nobody can be asked', async () => {
    const index = verifying(indexOf([]), { verifier: null });
    await expect(index.search('', { as: USER, verify: true })).rejects.toThrow(SearchRefusedError);
  });

  it('fails if Salesforce does not answer, and reveals nothing about what was left out', async () => {
    const told = vi.fn();
    const verifier = async () => {
      throw new Error('no answer');
    };
    const index = verifying(indexOf([hit('r')]), { verifier, onUnconfirmed: told });
    await expect(index.search('', { as: USER, verify: true })).rejects.toThrow('no answer');
    expect(told).not.toHaveBeenCalled();
  });
});
