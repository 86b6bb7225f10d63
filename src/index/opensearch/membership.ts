import { foldName, type UserNameKind } from '../model/user-name.ts';
import type { NamedUser, NamedUsers, UserAccess, UserNameQuery } from '../port/search-engine.ts';
import { type Cluster, WHOLE } from './cluster.ts';
import type { PrincipalsLookup } from './query.ts';

/** The rows of a user in one generation, one for each period. Few users have more than two. */
const MOST_PERIODS = 100;

/** Answers about users that are kept. Each generation has its own. */
const MOST_KEPT = 10_000;

/** The fields that a kind of name is compared with. */
const FIELDS: Readonly<Record<UserNameKind, string>> = {
  id: 'user',
  username: 'username',
  federationId: 'federation',
  email: 'email',
};

/** A user's row. */
interface Period {
  readonly id: string;
  readonly until: number;
  readonly objects: UserAccess['objects'];
}

interface Hits<Source> {
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly _id: string; readonly _source: Source }[];
  };
}

/** One generation of the membership. It never changes, so answers are kept. */
export class Generation {
  readonly #cluster: Cluster;
  readonly #index: string;
  readonly id: string;
  readonly #names = new Map<string, Promise<NamedUsers>>();
  readonly #periods = new Map<string, Promise<readonly Period[]>>();

  constructor(cluster: Cluster, index: string, id: string) {
    this.#cluster = cluster;
    this.#index = index;
    this.id = id;
  }

  usersNamed(asked: UserNameQuery): Promise<NamedUsers> {
    return kept(this.#names, JSON.stringify(asked), () => this.#usersNamed(asked));
  }

  /** Returns where a user's principals are. Null: the generation does not know the user at that time. */
  async lookup(userId: string, now: number): Promise<PrincipalsLookup | null> {
    const period = await this.#periodOf(userId, now);
    return period === null ? null : { index: this.#index, id: period.id };
  }

  async objectsOf(userId: string, now: number): Promise<UserAccess['objects'] | null> {
    return (await this.#periodOf(userId, now))?.objects ?? null;
  }

  async #periodOf(userId: string, now: number): Promise<Period | null> {
    const periods = await kept(this.#periods, userId, () => this.#periodsOf(userId));
    return periods.find(({ until }) => until > now) ?? null;
  }

  async #periodsOf(user: string): Promise<readonly Period[]> {
    const { hits } = await this.#search<Omit<Period, 'id'>>(
      [{ term: { kind: 'member' } }, { term: { user } }],
      [],
      MOST_PERIODS,
      ['until', 'objects'],
    );
    return hits.hits
      .map(({ _id, _source }) => ({ id: _id, ..._source }))
      .toSorted((one, other) => one.until - other.until);
  }

  async #usersNamed({ kind, name, activeOnly }: UserNameQuery): Promise<NamedUsers> {
    const except = activeOnly ? [{ term: { refused: 'inactive' } }] : [];
    const { hits } = await this.#search<{
      user: string;
      name: string;
      username: string;
      refused: NamedUser['refused'];
    }>(
      [{ term: { kind: 'name' } }, { term: { [FIELDS[kind]]: name } }],
      except,
      // One more than is used: one may be left out below.
      3,
      ['user', 'name', 'username', 'refused'],
    );
    // A user without a username has the id in its place, which is not a username.
    const left = hits.hits.filter(({ _source }) => kind !== 'username' || foldName(_source.user) !== name);
    const users = left.map(
      ({ _source: { user, ...rest } }): NamedUser => ({ ...rest, userId: user, refused: rest.refused ?? null }),
    );
    return { users: users.slice(0, 2), count: hits.total.value - (hits.hits.length - left.length) };
  }

  #search<Source>(
    filter: readonly object[],
    except: readonly object[],
    size: number,
    fields: readonly string[],
  ): Promise<Hits<Source>> {
    return this.#cluster.ask<Hits<Source>>({
      method: 'POST',
      path: `/${this.#index}/_search`,
      query: WHOLE,
      body: {
        query: { bool: { filter: [{ term: { generation: this.id } }, ...filter], must_not: except } },
        size,
        track_total_hits: true,
        _source: fields,
      },
    });
  }
}

/** Returns what is kept under the key, or keeps what `make` returns. A failure is not kept. */
function kept<Value>(values: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const known = values.get(key);
  if (known !== undefined) return known;
  if (values.size >= MOST_KEPT) values.clear();
  const value = make();
  values.set(key, value);
  value.catch(() => values.delete(key));
  return value;
}
