import { randomBytes } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './names.ts';
import { documentsIndex, type IndexSize, membersIndex } from './schema.ts';

export type IndexesOf = (...of: ConstructorParameters<typeof ContentIndexes>) => ContentIndexes;

/** A content's indexes in the cluster. */
export interface IndexesState {
  /** The cluster's own marks. An index that is restored from a snapshot gets other ones. */
  readonly marks: string;
  /** The primary shards of the documents. */
  readonly shards: number;
}

/** The indexes of a content: one for documents and one for the membership. */
export class ContentIndexes {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #size: IndexSize;

  constructor(cluster: Cluster, names: IndexNames, size: IndexSize) {
    this.#cluster = cluster;
    this.#names = names;
    this.#size = size;
  }

  /** Makes empty ones, and returns the new content's name. */
  async make(): Promise<string> {
    const name = randomBytes(8).toString('hex');
    const { documents, members, writtenDocuments, writtenMembers } = this.#names;
    await this.#cluster.create(documents(name), {
      ...documentsIndex(this.#size),
      aliases: { [writtenDocuments(name)]: {} },
    });
    await this.#cluster.create(members(name), {
      ...membersIndex(this.#size),
      aliases: { [writtenMembers(name)]: {} },
    });
    return name;
  }

  /** Returns the indexes of every content. */
  async list(): Promise<string[]> {
    const found = await this.#cluster.find<Readonly<Record<string, unknown>>>({
      method: 'GET',
      path: `/${this.#names.contents}/_settings`,
      query: { filter_path: '*.settings.index.uuid' },
    });
    // Those of another prefix may begin in the same way.
    return Object.keys(found ?? {}).filter((index) => this.#names.isContent(index));
  }

  async remove(indexes: readonly string[]): Promise<void> {
    for (const index of indexes) await this.#cluster.find({ method: 'DELETE', path: `/${encodeURIComponent(index)}` });
  }

  /** Returns the indexes of a content as they are now. Null: one is missing. */
  async state(name: string): Promise<IndexesState | null> {
    const indexes = [this.#names.documents(name), this.#names.members(name)];
    const found = await this.#cluster.find<
      Readonly<
        Record<string, { settings: { index: { uuid: string; history?: { uuid: string }; number_of_shards: string } } }>
      >
    >({ method: 'GET', path: `/${indexes.join(',')}/_settings` });
    if (found === null) return null;
    const all = indexes.map((index) => found[index]?.settings.index);
    return {
      marks: all.map((index) => `${index?.uuid} ${index?.history?.uuid ?? ''}`).join(', '),
      shards: Number(all[0]?.number_of_shards),
    };
  }
}
