import { DEFAULT_LIMIT } from '../model/filters.ts';
import { SearchRefusedError } from '../port/errors.ts';
import type { Hit, IndexReader, OnUnconfirmed, SearchOptions, SearchResult, Verifier } from '../port/reader.ts';

/** The most API calls for one page. After them a page may be short; its cursor continues. */
const MOST_CALLS = 5;

export interface Verifying {
  /** Asks Salesforce. Null: searches with `verify` are refused. */
  readonly verifier: Verifier | null;
  readonly onUnconfirmed?: OnUnconfirmed | undefined;
}

/**
 * Wraps an index so that Salesforce confirms the hits of searches that ask for it. What Salesforce does not confirm
 * leaves no trace in the result: hits, total and the end of the pages are those of an index that never held it.
 */
export function verifying(index: IndexReader, { verifier, onUnconfirmed = () => {} }: Verifying): IndexReader {
  async function search(words: string, { verify = false, ...options }: SearchOptions): Promise<SearchResult> {
    if (!verify) return index.search(words, options);
    if (verifier === null)
      throw new SearchRefusedError(
        '`verify` asks Salesforce: open the index with a config file, or with `credentials`.',
      );
    return verifiedPage({ index, verifier, onUnconfirmed, words, options });
  }
  return {
    search,
    ids: (words, options) => index.ids(words, options),
    record: (id, options) => index.record(id, options),
    close: () => index.close(),
  };
}

interface Asked {
  readonly index: IndexReader;
  readonly verifier: Verifier;
  readonly onUnconfirmed: OnUnconfirmed;
  readonly words: string;
  readonly options: Omit<SearchOptions, 'verify'>;
}

async function verifiedPage({ index, verifier, onUnconfirmed, words, options }: Asked): Promise<SearchResult> {
  const { limit = DEFAULT_LIMIT } = options;
  const pageAfter = (cursor: string | null, wanted: number) =>
    index.search(words, { ...options, limit: wanted, cursor });
  const answers = new Answers(verifier, options.account !== undefined);
  const hits: Hit[] = [];
  let [denied, unverified] = [0, 0];
  // The next page begins after everything that was shown or left out.
  let cursor = options.cursor ?? null;
  let isCut = false;
  let page = await pageAfter(cursor, limit);
  const { userId } = page;
  for (;;) {
    // Something comes after the full page. No more need be known about it.
    if (hits.length === limit && page.hits.some((hit) => answers.confirms(hit))) break;
    if (!answers.know(page.hits)) {
      // What comes after the page fills its gaps, or shows that it is the last. So the same call asks about it.
      const ahead = page.cursor === null || page.isCut ? [] : (await pageAfter(page.cursor, limit)).hits;
      if (!(await answers.ask(userId, [...page.hits, ...ahead]))) break;
      continue;
    }
    hits.push(...page.hits.filter((hit) => answers.confirms(hit)));
    denied += page.hits.filter((hit) => answers.denies(hit)).length;
    unverified += page.hits.filter((hit) => answers.saysNothingOf(hit)).length;
    cursor = page.cursor;
    // After a page that took all its time, the caller decides whether to continue.
    isCut = page.isCut;
    if (cursor === null || isCut) break;
    page = await pageAfter(cursor, hits.length === limit ? limit : limit - hits.length);
  }
  if (denied > 0 || unverified > 0) onUnconfirmed({ userId, denied, unverified });
  return {
    userId,
    hits: hits.map((hit) =>
      hit.account === null || answers.isConfirmed(hit.account.id) ? hit : { ...hit, account: null },
    ),
    total: hits.length,
    totalIsLowerBound: cursor !== null,
    isCut,
    cursor,
  };
}

/** What Salesforce has answered about records during one search. Each record is asked about once. */
class Answers {
  readonly #verifier: Verifier;
  readonly #byAccount: boolean;
  readonly #asked = new Set<string>();
  readonly #answers = new Map<string, boolean>();
  #calls = 0;

  /** @param byAccount the search is filtered by account, so a hit needs its account confirmed */
  constructor(verifier: Verifier, byAccount: boolean) {
    this.#verifier = verifier;
    this.#byAccount = byAccount;
  }

  know(hits: readonly Hit[]): boolean {
    return this.#unasked(hits).length === 0;
  }

  /** Asks about hits and their accounts in one API call. Returns false, without asking, if no call is left. */
  async ask(userId: string, hits: readonly Hit[]): Promise<boolean> {
    if (this.#calls === MOST_CALLS) return false;
    this.#calls += 1;
    const ids = this.#unasked(hits);
    for (const [id, reads] of await this.#verifier(userId, ids)) this.#answers.set(id, reads);
    for (const id of ids) this.#asked.add(id);
    return true;
  }

  isConfirmed(id: string): boolean {
    return this.#answers.get(id) === true;
  }

  confirms(hit: Hit): boolean {
    return this.#needed(hit).every((id) => this.isConfirmed(id));
  }

  denies(hit: Hit): boolean {
    return this.#needed(hit).some((id) => this.#answers.get(id) === false);
  }

  /** Reports whether Salesforce said nothing: the record was deleted, or the integration user cannot read it. */
  saysNothingOf(hit: Hit): boolean {
    return !this.denies(hit) && this.#needed(hit).some((id) => this.#asked.has(id) && !this.#answers.has(id));
  }

  /** Returns the records that must be confirmed for the hit to count. */
  #needed({ id, account }: Hit): string[] {
    return this.#byAccount && account !== null ? [id, account.id] : [id];
  }

  #unasked(hits: readonly Hit[]): string[] {
    const ids = hits.flatMap(({ id, account }) => (account === null ? [id] : [id, account.id]));
    return [...new Set(ids)].filter((id) => !this.#asked.has(id));
  }
}
