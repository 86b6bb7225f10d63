import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenSearchLocation } from '../../../src/index/location.ts';
import { Cluster } from '../../../src/index/opensearch/cluster.ts';
import { ContentIndexes, type IndexesOf, type IndexesState } from '../../../src/index/opensearch/content-indexes.ts';
import type { OpenSearchEngine } from '../../../src/index/opensearch/engine.ts';
import { type IndexNames, namesOf } from '../../../src/index/opensearch/names.ts';
import { documentsIndex, membersIndex } from '../../../src/index/opensearch/schema.ts';

/** Twice as many engines as one test uses at the same time. */
const SLOTS = 12;

/** A cluster forgets the version of a deleted document after this time, and at the next refresh. */
const FORGOTTEN_MS = 400;

const SIZE = { shards: 1, replicas: 0 };

export function locationAt(url: string, prefix: string, path = ''): OpenSearchLocation {
  const tls = { caFile: null, certFile: null, keyFile: null };
  return { engine: 'opensearch', connection: 'test', path, url, prefix, ...SIZE, tls, auth: { kind: 'none' } };
}

/**
 * Engines for many tests. To create an index takes a cluster a second, so each test gets indexes of an earlier one,
 * emptied, under new names.
 */
export class RecycledEngines {
  readonly #cluster: Cluster;
  readonly #slots: Slot[] = [];
  #next = 0;

  constructor(url: string | null) {
    if (url === null) throw new Error('There is no OpenSearch.');
    const prefix = `test-${randomBytes(4).toString('hex')}`;
    this.#cluster = new Cluster(locationAt(url, prefix));
    for (let n = 0; n < SLOTS; n++) this.#slots.push(new Slot(this.#cluster, locationAt(url, `${prefix}-${n}`)));
  }

  /** Returns an engine without content. */
  async take(): Promise<Slot> {
    const slot = this.#slots[this.#next % SLOTS];
    const left = this.#slots[(this.#next + SLOTS / 2) % SLOTS];
    this.#next++;
    if (slot === undefined) throw new Error('There is no slot.');
    await left?.empty();
    await slot.reset();
    return slot;
  }

  /** Removes all indexes. */
  async remove(): Promise<void> {
    for (const slot of this.#slots) await slot.remove();
    await this.#cluster.close();
  }
}

/** Indexes that one engine uses at a time. */
export class Slot {
  readonly location: OpenSearchLocation;
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  #isMade = false;
  /** When it was emptied, by `performance.now()`. */
  #emptiedAt = 0;
  #isUsed = false;

  constructor(cluster: Cluster, location: OpenSearchLocation) {
    this.#cluster = cluster;
    this.location = location;
    this.#names = namesOf(location);
  }

  /** Another open side of the engine; the connector's own class or a test's. */
  open<Engine extends OpenSearchEngine>(
    kind: new (location: OpenSearchLocation, indexesOf: IndexesOf) => Engine,
  ): Engine {
    return new kind(this.location, (...of) => new RecycledIndexes(of, this));
  }

  async reset(): Promise<void> {
    await this.#cluster.find({ method: 'DELETE', path: `/${this.#names.control}/_doc/control` });
  }

  async remove(): Promise<void> {
    for (const index of [this.#documents, this.#members, this.#names.control])
      await this.#cluster.find({ method: 'DELETE', path: `/${index}` });
  }

  get #documents(): string {
    return `${this.location.prefix}-some-documents`;
  }

  get #members(): string {
    return `${this.location.prefix}-some-members`;
  }

  /** Empties the indexes, and gives them another name. */
  async name(content: string): Promise<void> {
    const { documents, writtenDocuments, members, writtenMembers } = this.#names;
    const aliases: readonly [index: string, alias: string][] = [
      [this.#documents, documents(content)],
      [this.#documents, writtenDocuments(content)],
      [this.#members, members(content)],
      [this.#members, writtenMembers(content)],
    ];
    const add = aliases.map(([index, alias]) => ({ add: { index, alias } }));
    const remove = (await this.#isNew())
      ? []
      : [this.#documents, this.#members].map((index) => ({ remove: { index, alias: '*', must_exist: false } }));
    await this.#cluster.ask({ method: 'POST', path: '/_aliases', body: { actions: [...remove, ...add] } });
  }

  /** Removes all documents. */
  async empty(): Promise<void> {
    if (!this.#isUsed) return;
    for (const index of [this.#documents, this.#members]) {
      await this.#cluster.ask({ method: 'POST', path: `/${index}/_refresh` });
      const body = { query: { match_all: {} } };
      await this.#cluster.ask({ method: 'POST', path: `/${index}/_delete_by_query`, query: { refresh: true }, body });
    }
    this.#isUsed = false;
    this.#emptiedAt = performance.now();
  }

  /** Makes the indexes, or empties them if they are there. */
  async #isNew(): Promise<boolean> {
    await this.empty();
    this.#isUsed = true;
    if (this.#isMade) {
      await delay(Math.max(0, FORGOTTEN_MS - (performance.now() - this.#emptiedAt)));
      for (const index of [this.#documents, this.#members])
        await this.#cluster.ask({ method: 'POST', path: `/${index}/_refresh` });
      return false;
    }
    for (const [index, made] of [
      [this.#documents, documentsIndex(SIZE)],
      [this.#members, membersIndex(SIZE)],
    ] as const) {
      // A deleted document must not be remembered: the next test uses its id again.
      const settings = { index: { ...made.settings.index, gc_deletes: '0s' } };
      await this.#cluster.create(index, { ...made, settings });
    }
    this.#isMade = true;
    return true;
  }
}

class RecycledIndexes extends ContentIndexes {
  readonly #slot: Slot;

  constructor(of: ConstructorParameters<typeof ContentIndexes>, slot: Slot) {
    super(...of);
    this.#slot = slot;
  }

  override async make(): Promise<string> {
    const name = randomBytes(8).toString('hex');
    await this.#slot.name(name);
    return name;
  }

  /** The next `make` empties them. */
  override async list(): Promise<string[]> {
    return [];
  }

  override async state(name: string): Promise<IndexesState | null> {
    const state = await super.state(name);
    return state && { marks: name, shards: SIZE.shards };
  }
}
