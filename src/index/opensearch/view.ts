import type { FieldLists } from '../../objects/index.ts';
import type {
  EngineQuery,
  EngineSettings,
  EngineView,
  Finding,
  FoundDocument,
  NamedUsers,
  Place,
  Scope,
  ShownDocument,
  UserAccess,
  UserNameQuery,
} from '../port/search-engine.ts';
import { type Cluster, WHOLE } from './cluster.ts';
import type { StoredSettings } from './control.ts';
import type { Generation } from './membership.ts';
import { type Dsl, levelsQuery, scopeQuery, wordsQuery } from './query.ts';
import { numberOf, stringKeyOf } from './words.ts';

/** What a view reads: all parts belong to one moment. */
export interface Moment {
  /** A point in time of the documents' index. */
  readonly pointInTime: string;
  readonly stored: StoredSettings;
  readonly cursorKey: Buffer;
  readonly membership: { readonly generation: Generation; readonly fields: FieldLists } | null;
}

/** The cluster no longer has the moment: it was restarted, or the index was removed. */
export class MomentLost extends Error {
  override name = 'MomentLost';
}

/** A point in time that a search uses lives at least this long after it. */
export const KEEP_ALIVE_MINUTES = 5;

/** The ids that one request of `ids` returns: the most that OpenSearch allows. */
const IDS = 10_000;

interface Source {
  readonly object: ShownDocument['object'];
  readonly order: number;
  readonly modified: number;
  readonly account?: string | null;
  readonly strings?: Readonly<Record<string, string>>;
}

interface Hit {
  readonly _id: string;
  readonly _source: Source;
  readonly sort: readonly number[];
}

interface Answer {
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] };
}

/** One state of an index in OpenSearch. */
export class OpenSearchView implements EngineView {
  readonly #cluster: Cluster;
  readonly #moment: Moment;
  readonly #now: number;

  constructor(cluster: Cluster, moment: Moment, now: number) {
    this.#cluster = cluster;
    this.#moment = moment;
    this.#now = now;
  }

  get settings(): EngineSettings {
    return this.#moment.stored.settings;
  }

  get hasMembership(): boolean {
    return this.#moment.membership !== null;
  }

  get cursorKey(): Buffer {
    return this.#moment.cursorKey;
  }

  async usersNamed(name: UserNameQuery): Promise<NamedUsers> {
    return (await this.#moment.membership?.generation.usersNamed(name)) ?? { users: [], count: 0 };
  }

  async accessOf(userId: string): Promise<UserAccess | null> {
    const { membership } = this.#moment;
    const objects = await membership?.generation.objectsOf(userId, this.#now);
    return !membership || !objects ? null : { objects, everyField: membership.fields };
  }

  /** Is one step, so it never stops early. */
  async find(query: EngineQuery, after: Place | null, limit: number): Promise<Finding> {
    const matching = await this.#matching(query);
    if (matching === null || limit === 0) return { documents: [], stoppedAt: null };
    const isRanked = query.sort === 'relevance' && query.terms.length > 0;
    const place = after === null ? {} : { search_after: isRanked ? [after.score, after.order] : [after.order] };
    const order = { order: { order: 'desc' } };
    const { hits } = await this.#search({
      query: isRanked
        ? { bool: { filter: matching, must: levelsQuery(query, this.#moment.stored.numbers) } }
        : all(matching),
      size: limit,
      sort: isRanked ? [{ _score: { order: 'desc' } }, order] : [order],
      track_total_hits: false,
      ...place,
    });
    const documents = hits.hits.map((hit): FoundDocument => {
      const score = isRanked ? (hit.sort[0] ?? 0) : 0;
      return { ...this.#shown(hit, query.scope), score, order: hit._source.order };
    });
    return { documents, stoppedAt: null };
  }

  async count(query: EngineQuery, upTo: number): Promise<number> {
    const matching = await this.#matching(query);
    return matching === null ? 0 : this.#count(matching, upTo);
  }

  async matches(query: EngineQuery, id: string): Promise<boolean> {
    const matching = await this.#matching(query);
    return matching !== null && (await this.#count([...matching, { ids: { values: [id] } }], 1)) > 0;
  }

  async ids(query: EngineQuery): Promise<string[]> {
    const matching = await this.#matching(query);
    if (matching === null) return [];
    const ids: string[] = [];
    for (let after: readonly number[] | undefined; ; ) {
      const { hits } = await this.#search({
        query: all(matching),
        size: IDS,
        sort: [{ order: 'desc' }],
        track_total_hits: false,
        _source: false,
        ...(after === undefined ? {} : { search_after: after.slice(0, 1) }),
      });
      for (const { _id } of hits.hits) ids.push(_id);
      if (hits.hits.length < IDS) return ids;
      after = hits.hits.at(-1)?.sort;
    }
  }

  async records(ids: readonly string[], scope: Scope): Promise<ShownDocument[]> {
    if (ids.length === 0) return [];
    const { hits } = await this.#search({
      query: all([await this.#reached(scope), { ids: { values: [...new Set(ids)] } }]),
      size: Math.min(ids.length, IDS),
      track_total_hits: false,
    });
    return hits.hits.map((hit) => this.#shown(hit, scope));
  }

  /** Returns the conditions for documents that match. Null: none can. */
  async #matching(query: EngineQuery): Promise<readonly Dsl[] | null> {
    const words = wordsQuery(query, this.#moment.stored.numbers);
    return words === null ? null : [await this.#reached(query.scope), words];
  }

  async #reached(scope: Scope): Promise<Dsl> {
    const lookup = await this.#moment.membership?.generation.lookup(scope.userId, this.#now);
    return scopeQuery(scope, lookup ?? null);
  }

  async #count(matching: readonly Dsl[], upTo: number): Promise<number> {
    const { hits } = await this.#search({ query: all(matching), size: 0, track_total_hits: Math.max(upTo, 1) });
    return Math.min(hits.total?.value ?? 0, upTo);
  }

  async #search(body: object): Promise<Answer> {
    const pit = { id: this.#moment.pointInTime, keep_alive: `${KEEP_ALIVE_MINUTES}m` };
    const answer = await this.#cluster.find<{ hits?: Partial<Answer['hits']> }>({
      method: 'POST',
      path: '/_search',
      query: { ...WHOLE, filter_path: 'hits.total,hits.hits._id,hits.hits._source,hits.hits.sort' },
      body: { pit, ...body },
    });
    if (answer === null) throw new MomentLost();
    return { hits: { ...answer.hits, hits: answer.hits?.hits ?? [] } };
  }

  #shown({ _id: id, _source }: Hit, { groups }: Scope): ShownDocument {
    const { object, modified, account = null, strings = {} } = _source;
    const { numbers } = this.#moment.stored;
    const fields = groups.flatMap(({ objects }) => objects).find(({ name }) => name === object)?.fields ?? [];
    const entries = fields.flatMap((field): [string, string][] => {
      const text = strings[stringKeyOf(numberOf(numbers, object, field))];
      return text === undefined ? [] : [[field, text]];
    });
    return { id, object, modified, accountId: account, strings: Object.fromEntries(entries) };
  }
}

function all(queries: readonly Dsl[]): Dsl {
  return { bool: { filter: queries } };
}
