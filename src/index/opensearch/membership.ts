import { randomBytes } from 'node:crypto';
import type { Member, UserName } from '../../access/types.ts';
import { foldName, type UserNameKind } from '../model/user-name.ts';
import type { NamedUser, NamedUsers, PublishedMembership, UserAccess, UserNameQuery } from '../port/search-engine.ts';
import { type BulkItem, type Cluster, refreshIndex, WHOLE, writeBulk } from './cluster.ts';
import type { PrincipalsLookup } from './query.ts';

/** Rows of a bulk request, and the principals in it. */
const CHUNK_ROWS = 1_000;
const CHUNK_PRINCIPALS = 100_000;

/** The most rows that one request removes. */
const REMOVED_ROWS = 20_000;

/** The rows of a user in one generation, one for each period. Few users have more than two. */
const MOST_PERIODS = 100;

/** Answers about users that are kept. Each generation has its own. */
const MOST_KEPT = 10_000;

/**
 * Writes a membership as a new generation, and returns its id. No search uses it until the control document names it.
 *
 * @param alias takes the writes
 * @param index the index behind it
 */
export async function writeGeneration(
  cluster: Cluster,
  { alias, index }: { readonly alias: string; readonly index: string },
  { members, names }: PublishedMembership,
): Promise<string> {
  const generation = randomBytes(8).toString('hex');
  for (const chunk of chunks(rowsOf(generation, members, names))) {
    const [refused] = (await writeBulk(cluster, alias, chunk)).refused;
    // Without a period, a user would get the access of the next one early.
    if (refused !== undefined) throw cluster.error({ code: 'refused', type: refused.engineCode, status: 400 });
  }
  await refreshIndex(cluster, index);
  return generation;
}

/** Removes generations that no search uses any more. */
export async function removeGenerations(
  cluster: Cluster,
  index: string,
  generations: readonly string[],
): Promise<void> {
  if (generations.length > 0) await removeRows(cluster, index, { terms: { generation: generations } });
}

/** Removes all other generations: those that a process had begun when it ended. */
export async function keepGenerations(cluster: Cluster, index: string, generations: readonly string[]): Promise<void> {
  await refreshIndex(cluster, index);
  await removeRows(cluster, index, { bool: { must_not: { terms: { generation: generations } } } });
}

/** Removes some rows with each request, which must end in time. */
async function removeRows(cluster: Cluster, index: string, query: object): Promise<void> {
  for (;;) {
    const { deleted } = await cluster.ask<{ readonly deleted: number }>({
      method: 'POST',
      path: `/${index}/_delete_by_query`,
      query: { conflicts: 'proceed', max_docs: REMOVED_ROWS, refresh: true },
      body: { query },
    });
    if (deleted < REMOVED_ROWS) return;
  }
}

interface Row extends BulkItem {
  readonly weight: number;
}

function* rowsOf(generation: string, members: Iterable<Member>, names: Iterable<UserName>): Generator<Row> {
  let number = 0;
  for (const { userId: user, validUntil, principals, objects } of members) {
    const until = validUntil === null ? Number.MAX_SAFE_INTEGER : Date.parse(validUntil);
    const document = { generation, kind: 'member', user, until, principals, objects };
    yield { id: `${generation}-${number++}`, document, weight: principals.length };
  }
  for (const { userId: user, name, username, federationId, email, refused } of names) {
    const document = {
      generation,
      kind: 'name',
      user,
      name,
      username: foldName(username),
      federation: federationId,
      email: email === null ? null : foldName(email),
      refused,
    };
    yield { id: `${generation}-${number++}`, document, weight: 0 };
  }
}

function* chunks(rows: Iterable<Row>): Generator<Row[]> {
  let chunk: Row[] = [];
  let weight = 0;
  for (const row of rows) {
    chunk.push(row);
    weight += row.weight;
    if (chunk.length < CHUNK_ROWS && weight < CHUNK_PRINCIPALS) continue;
    yield chunk;
    chunk = [];
    weight = 0;
  }
  if (chunk.length > 0) yield chunk;
}

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
