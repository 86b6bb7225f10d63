import { type FieldLists, type ObjectName, objectNamed } from '../../objects/index.ts';
import type { Hit, IndexReader, SearchOptions, SearchResult } from '../port.ts';
import { snippetOf } from '../snippet.ts';
import { parseWords, type Term } from '../words.ts';
import { readIndexed } from './columns.ts';
import type { Database } from './database.ts';
import { loadStrings } from './documents.ts';
import {
  type Found,
  type FoundPage,
  findAll,
  findAllWords,
  findNewest,
  findRecord,
  findWords,
  hasWords,
  POOL,
} from './find.ts';
import { objectOf } from './layout.ts';
import { answeringGeneration } from './meta.ts';
import { findSearcher, type Searcher } from './users.ts';
import { type Visibility, visibilityOf } from './visibility.ts';

const DEFAULT_LIMIT = 20;
const HIGHEST_LIMIT = 200;

/** The measured point up to which looking for principals as words beats testing documents one by one. */
const TOKENS_UP_TO = 128;

/** The reading side on one open file. Everything one call reads is of one moment. */
export class SqliteReader implements IndexReader {
  readonly #db: Database;
  readonly #tokensUpTo: number;

  /** @param options `tokensUpTo`: how many principals are looked for as words */
  constructor(db: Database, options: { readonly tokensUpTo?: number } = {}) {
    this.#db = db;
    this.#tokensUpTo = options.tokensUpTo ?? TOKENS_UP_TO;
  }

  async search(words: string, { limit = DEFAULT_LIMIT, ...options }: SearchOptions): Promise<SearchResult> {
    if (!Number.isInteger(limit) || limit < 1 || limit > HIGHEST_LIMIT)
      throw new RangeError(`limit is ${limit}; it can be 1 to ${HIGHEST_LIMIT}.`);
    return this.#asking(options, (searcher, visible, titleFields) => {
      const terms = parseWords(words);
      const { found, count } = this.#find(words, terms, visible, limit);
      return {
        userId: searcher.userId,
        hits: found.map((each) => this.#hit(each, terms, visible, titleFields)),
        total: Math.min(count, POOL),
        totalIsLowerBound: count > POOL,
      };
    });
  }

  async ids(words: string, options: Omit<SearchOptions, 'limit'>): Promise<string[]> {
    return this.#asking(options, (_, visible) => {
      if (words.trim() === '') return findAll(this.#db, visible);
      const terms = parseWords(words);
      const ids = terms.length === 0 ? [] : findAllWords(this.#db, terms, visible);
      const record = findRecord(this.#db, words, visible);
      return record === null || ids.includes(record.id) ? ids : [record.id, ...ids];
    });
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #asking<Result>(
    { as, types }: Omit<SearchOptions, 'limit'>,
    answer: (searcher: Searcher, visible: Visibility, titleFields: FieldLists) => Result,
  ): Result {
    for (const type of types ?? []) objectNamed(type);
    return this.#db.reading(() => {
      const generation = answeringGeneration(this.#db);
      const searcher = findSearcher(this.#db, generation, as, Date.now());
      const indexed = readIndexed(this.#db);
      return answer(searcher, visibilityOf(this.#db, searcher, indexed, types, this.#tokensUpTo), indexed.titleFields);
    });
  }

  #find(words: string, terms: readonly Term[], visible: Visibility, limit: number): FoundPage {
    if (words.trim() === '') return findNewest(this.#db, visible, limit);
    const page = terms.length === 0 ? { found: [], count: 0 } : findWords(this.#db, terms, visible, limit);
    const record = findRecord(this.#db, words, visible);
    if (record === null) return page;
    const first = { rid: record.rid, score: (page.found[0]?.score ?? 0) + 1 };
    return {
      found: [first, ...page.found.filter(({ rid }) => rid !== record.rid)].slice(0, limit),
      count: page.count + (hasWords(this.#db, record.rid, terms, visible) ? 0 : 1),
    };
  }

  #hit({ rid, score }: Found, terms: readonly Term[], visible: Visibility, titleFields: FieldLists): Hit {
    const row = this.#db.get<[string, number, number]>('select id, obj, modified from doc where rid = ?', rid);
    if (row === undefined) throw new Error('A document went away inside a read transaction.');
    const [id, obj, modified] = row;
    const object = objectOf(obj);
    const fields = this.#readableStrings(rid, object, visible);
    const snippet = snippetOf(fields, terms);
    const readable = new Map(fields);
    const titleField = titleFields[object].find((field) => readable.has(field));
    return {
      id,
      object,
      title: (titleField === undefined ? undefined : readable.get(titleField)) ?? id,
      snippet: snippet.text,
      snippetField: snippet.field,
      modified: new Date(modified).toISOString(),
      score,
      fields: Object.fromEntries(fields),
    };
  }

  #readableStrings(rid: number, object: ObjectName, visible: Visibility): [string, string][] {
    const strings = loadStrings(this.#db, rid);
    return visible.readable(object).flatMap((field): [string, string][] => {
      const text = strings[field];
      return text === undefined || text === '' ? [] : [[field, text]];
    });
  }
}
