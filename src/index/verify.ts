import { SearchRefusedError } from './errors.ts';
import type { Hit, IndexReader, OnUnconfirmed, SearchOptions, SearchResult, Verifier } from './port.ts';

/** API calls that one page may cost. A page that is not full after them is short, and its cursor goes on. */
const MOST_CALLS = 5;

/** As `SearchOptions.limit` says. */
const DEFAULT_LIMIT = 20;

export interface Verifying {
  /** Who is asked; null: a search that says `verify` is refused. */
  readonly verifier: Verifier | null;
  readonly onUnconfirmed?: OnUnconfirmed | undefined;
}

/**
 * The index with its hits confirmed by Salesforce, where a search asks for it. What Salesforce does not confirm leaves no
 * trace in the result: hits, total and the end of the pages are those of an index that never held it.
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
  return { search, ids: (words, options) => index.ids(words, options), close: () => index.close() };
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
  // Where the next page begins: behind everything that was shown or left out.
  let cursor = options.cursor ?? null;
  let page = await pageAfter(cursor, limit);
  const { userId } = page;
  for (;;) {
    // Something comes after the full page. That is all there is to know of it.
    if (hits.length === limit && page.hits.some((hit) => answers.confirms(hit))) break;
    if (!answers.know(page.hits)) {
      // What comes after the page fills its gaps, or tells whether it is the last: asked about in the same call.
      const ahead = page.cursor === null ? [] : (await pageAfter(page.cursor, limit)).hits;
      if (!(await answers.ask(userId, [...page.hits, ...ahead]))) break;
      continue;
    }
    hits.push(...page.hits.filter((hit) => answers.confirms(hit)));
    denied += page.hits.filter((hit) => answers.denies(hit)).length;
    unverified += page.hits.filter((hit) => answers.saysNothingOf(hit)).length;
    cursor = page.cursor;
    if (cursor === null) break;
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
    cursor,
  };
}

/** What Salesforce has said about records during one search. Each is asked about once. */
class Answers {
  readonly #verifier: Verifier;
  readonly #byAccount: boolean;
  readonly #asked = new Set<string>();
  readonly #answers = new Map<string, boolean>();
  #calls = 0;

  /** @param byAccount the search goes by an account: a hit is none without it */
  constructor(verifier: Verifier, byAccount: boolean) {
    this.#verifier = verifier;
    this.#byAccount = byAccount;
  }

  know(hits: readonly Hit[]): boolean {
    return this.#unasked(hits).length === 0;
  }

  /** Asks about hits and their accounts, in one API call. False: that would be one too many, and nothing was asked. */
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

  /** Salesforce said nothing about it: it is gone, or the integration user cannot read it. */
  saysNothingOf(hit: Hit): boolean {
    return !this.denies(hit) && this.#needed(hit).some((id) => this.#asked.has(id) && !this.#answers.has(id));
  }

  /** What must be confirmed for the hit to be one. */
  #needed({ id, account }: Hit): string[] {
    return this.#byAccount && account !== null ? [id, account.id] : [id];
  }

  #unasked(hits: readonly Hit[]): string[] {
    const ids = hits.flatMap(({ id, account }) => (account === null ? [id] : [id, account.id]));
    return [...new Set(ids)].filter((id) => !this.#asked.has(id));
  }
}
