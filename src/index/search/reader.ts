import { recordId18 } from '../../lib/record-ids.ts';
import { objectNamed } from '../../objects/index.ts';
import { decodeCursor, encodeCursor } from '../model/cursor.ts';
import { DEFAULT_LIMIT, type Filters, filtersOf, HIGHEST_LIMIT, NO_FILTERS, sortOf } from '../model/filters.ts';
import { scopeOf, type UserScope } from '../model/scope.ts';
import type { AsUser, IndexReader, SearchOptions, SearchResult, ShownRecord } from '../port/reader.ts';
import type { EngineView, SearchReads } from '../port/search-engine.ts';
import { parseWords } from '../text/words.ts';
import { hitsOf, shownAccounts, shownRecords } from './hits.ts';
import { findIds, findPage, MOST_COUNTED, type SearchTime } from './pages.ts';
import { checkAnswers, findSearcher } from './users.ts';

/** How long a search may take, in milliseconds. Counting may take half of it. */
const MOST_MS = 2_000;

/** Searches, with any engine. Each call reads one consistent state. */
export class SearchReader implements IndexReader {
  readonly #reads: SearchReads;
  readonly #lightning: string;
  readonly #clock: () => number;

  /**
   * @param lightning the origin of the hits' links; empty: links are paths
   * @param clock the time in milliseconds, from any beginning
   */
  constructor(
    reads: SearchReads,
    {
      lightning = '',
      clock = () => performance.now(),
    }: { readonly lightning?: string; readonly clock?: () => number } = {},
  ) {
    this.#reads = reads;
    this.#lightning = lightning;
    this.#clock = clock;
  }

  async search(
    words: string,
    { limit = DEFAULT_LIMIT, cursor = null, ...options }: SearchOptions,
  ): Promise<SearchResult> {
    if (!Number.isInteger(limit) || limit < 1 || limit > HIGHEST_LIMIT)
      throw new RangeError(`limit is ${limit}; it must be 1 to ${HIGHEST_LIMIT}.`);
    const sort = sortOf(options);
    return this.#asking(options, async ({ view, userId, filters, visible, accounts }) => {
      const time = this.#timeFromNow();
      const { cursorKey, settings } = view;
      const terms = parseWords(words);
      const question = { userId, words, types: options.types, filters, sort };
      const from = cursor === null ? null : decodeCursor(cursorKey, question, cursor);
      const query = { words, terms, sort, scope: visible.scope };
      const { found, count, isCountCut, isCut, next } = await findPage(view, query, limit, from, time);
      const { titleFields } = settings.indexed;
      return {
        userId,
        hits: await hitsOf(view, found, terms, { visible, accounts, titleFields, lightning: this.#lightning }),
        total: Math.min(count, MOST_COUNTED),
        totalIsLowerBound: isCountCut || count > MOST_COUNTED,
        isCut,
        cursor: next === null ? null : encodeCursor(cursorKey, question, { count, isCountCut, after: next }),
      };
    });
  }

  async ids(words: string, options: Omit<SearchOptions, 'sort' | 'limit' | 'cursor'>): Promise<string[]> {
    return this.#asking(options, ({ view, visible: { scope } }) =>
      findIds(view, { words, terms: parseWords(words), sort: 'modified', scope }),
    );
  }

  async record(id: string, { as }: AsUser): Promise<ShownRecord | null> {
    const asked = recordId18(id);
    if (asked === null) throw new RangeError('The id of a record has 15 or 18 characters.');
    return this.#asking({ as }, async ({ view, visible, accounts }) => {
      const found = await view.records([asked], visible.scope);
      const { titleFields } = view.settings.indexed;
      const showing = { visible, accounts, titleFields, lightning: this.#lightning };
      const [record = null] = await shownRecords(view, found, showing);
      return record;
    });
  }

  close(): Promise<void> {
    return this.#reads.close();
  }

  #timeFromNow(): SearchTime {
    const end = this.#clock() + MOST_MS;
    return { isCountingOver: () => this.#clock() > end - MOST_MS / 2, isOver: () => this.#clock() > end };
  }

  async #asking<Result>(
    { as, types, ...options }: Omit<SearchOptions, 'sort' | 'limit' | 'cursor' | 'verify'>,
    answer: (asking: Asking) => Promise<Result>,
  ): Promise<Result> {
    for (const type of types ?? []) objectNamed(type);
    const filters = filtersOf(options);
    return this.#reads.reading(Date.now(), async (view) => {
      checkAnswers(view);
      const { userId, access } = await findSearcher(view, as);
      const { indexed } = view.settings;
      const accounts = scopeOf(userId, access, indexed, ['Account'], NO_FILTERS);
      const { account } = filters;
      // Filtering by an account that no hit may show would reveal which records belong to it.
      const isShown = account === null || (await shownAccounts(view, [account], accounts)).has(account);
      const visible = scopeOf(userId, access, indexed, isShown ? types : [], filters);
      return answer({ view, userId, filters, visible, accounts });
    });
  }
}

/** A searcher, and what they may read in one state of the engine. */
interface Asking {
  readonly view: EngineView;
  readonly userId: string;
  readonly filters: Filters;
  /** What they may read, within the requested types and filters. */
  readonly visible: UserScope;
  /** What they may read of accounts, regardless of the request. */
  readonly accounts: UserScope;
}
