import { type FieldLists, objectNamed } from '../../../objects/index.ts';
import { type Filters, filtersOf, NO_FILTERS, sortOf } from '../../model/filters.ts';
import type { IndexReader, SearchOptions, SearchResult } from '../../port/reader.ts';
import { Snippets } from '../../text/snippet.ts';
import { parseWords } from '../../text/words.ts';
import type { Database } from '../file/database.ts';
import { readIndexed } from '../store/held-fields.ts';
import { answeringGeneration } from '../store/meta.ts';
import { Cursors } from './cursor.ts';
import { findAll, findAllWords, findRecord } from './find.ts';
import { hitOf, shownAccount } from './hits.ts';
import { findPage, MOST_COUNTED } from './pages.ts';
import { findSearcher, type Searcher } from './users.ts';
import { type Visibility, visibilityOf } from './visibility.ts';

const DEFAULT_LIMIT = 20;
const HIGHEST_LIMIT = 200;

/**
 * The highest number of principals for which looking them up as words is faster than testing documents one by one
 * (measured).
 */
const TOKENS_UP_TO = 128;

/** The reading side, on one open file. Each call reads one consistent state. */
export class SqliteReader implements IndexReader {
  readonly #db: Database;
  readonly #lightning: string;
  readonly #tokensUpTo: number;

  /**
   * @param options `lightning`: the origin of the hits' links, default none; `tokensUpTo`: the highest number of
   *   principals to look up as words
   */
  constructor(db: Database, options: { readonly lightning?: string; readonly tokensUpTo?: number } = {}) {
    this.#db = db;
    this.#lightning = options.lightning ?? '';
    this.#tokensUpTo = options.tokensUpTo ?? TOKENS_UP_TO;
  }

  async search(
    words: string,
    { limit = DEFAULT_LIMIT, cursor = null, ...options }: SearchOptions,
  ): Promise<SearchResult> {
    if (!Number.isInteger(limit) || limit < 1 || limit > HIGHEST_LIMIT)
      throw new RangeError(`limit is ${limit}; it must be 1 to ${HIGHEST_LIMIT}.`);
    const sort = sortOf(options);
    return this.#asking(options, ({ searcher, filters, visible, accounts, titleFields }) => {
      const db = this.#db;
      const cursors = new Cursors(db);
      const terms = parseWords(words);
      const question = { userId: searcher.userId, words, types: options.types, filters, sort };
      const from = cursor === null ? null : cursors.decode(question, cursor);
      const { found, count, next } = findPage({ db, words, terms, visible, sort, limit }, from);
      const showing = {
        db,
        snippets: new Snippets(terms),
        visible,
        accounts,
        titleFields,
        lightning: this.#lightning,
      };
      return {
        userId: searcher.userId,
        hits: found.map((each) => hitOf(showing, each)),
        total: Math.min(count, MOST_COUNTED),
        totalIsLowerBound: count > MOST_COUNTED,
        cursor: next === null ? null : cursors.encode(question, { count, position: next }),
      };
    });
  }

  async ids(words: string, options: Omit<SearchOptions, 'sort' | 'limit' | 'cursor'>): Promise<string[]> {
    return this.#asking(options, ({ visible }) => {
      if (words.trim() === '') return findAll(this.#db, visible);
      const terms = parseWords(words);
      const ids = terms.length === 0 ? [] : findAllWords(this.#db, { words, terms }, visible);
      const record = findRecord(this.#db, words, visible);
      return record === null || ids.includes(record.id) ? ids : [record.id, ...ids];
    });
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #asking<Result>(
    { as, types, ...options }: Omit<SearchOptions, 'sort' | 'limit' | 'cursor' | 'verify'>,
    answer: (asking: Asking) => Result,
  ): Result {
    for (const type of types ?? []) objectNamed(type);
    const filters = filtersOf(options);
    return this.#db.reading(() => {
      const generation = answeringGeneration(this.#db);
      const searcher = findSearcher(this.#db, generation, as, Date.now());
      const indexed = readIndexed(this.#db);
      const visibleOf = (asked: SearchOptions['types'], through: Filters) =>
        visibilityOf(this.#db, searcher, indexed, asked, this.#tokensUpTo, through);
      const accounts = visibleOf(['Account'], NO_FILTERS);
      const { account } = filters;
      // Filtering by an account that no hit may show would reveal which records belong to it.
      const isShown = account === null || shownAccount(this.#db, accounts, account) !== null;
      const visible = visibleOf(isShown ? types : [], filters);
      return answer({ searcher, filters, visible, accounts, titleFields: indexed.titleFields });
    });
  }
}

/** The searcher, and what they may read. */
interface Asking {
  readonly searcher: Searcher;
  readonly filters: Filters;
  /** What they may read, within the requested types and filters. */
  readonly visible: Visibility;
  /** What they may read of accounts, regardless of the request. */
  readonly accounts: Visibility;
  readonly titleFields: FieldLists;
}
