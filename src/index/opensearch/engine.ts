import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { fieldLists } from '../../objects/index.ts';
import type { OpenSearchLocation } from '../location.ts';
import { DocumentsRefusedError, IndexUnavailableError } from '../port/errors.ts';
import type {
  DocumentChange,
  EngineFence,
  EngineSettings,
  EngineView,
  PublishedMembership,
  SearchEngine,
  StoreSequences,
} from '../port/search-engine.ts';
import { type BulkItem, writeBulk } from './bulk.ts';
import { Cluster, refreshIndex, WHOLE } from './cluster.ts';
import { ContentIndexes, type IndexesOf } from './content-indexes.ts';
import {
  type Content,
  type Control,
  ControlDocument,
  checkClaim,
  checkContent,
  checkRun,
  isOthers,
  replaced,
  type StoredSettings,
} from './control.ts';
import { keepGenerations, removeGenerations, writeGeneration } from './generations.ts';
import { Moments } from './moments.ts';
import { type IndexNames, namesOf } from './names.ts';
import { REMOVED } from './schema.ts';
import { OpenSearchView } from './view.ts';
import { NO_FIELDS, numbered, numberOf, stringKeyOf, wordsOf } from './words.ts';

/** A search that began with a generation has ended after this time. */
const RETIRED_MS = 10 * 60_000;

/**
 * A tombstone is removed after this time. The cluster then forgets its version, so no older change of the record may
 * still be on its way: `writeBulk` sends nothing that it has had for some minutes.
 */
const TOMBSTONE_MS = 24 * 3_600_000;

/** The most tombstones that a claim removes: it must end before its request does. The next one removes more. */
const MOST_TOMBSTONES = 20_000;

/** A search engine in an OpenSearch cluster. */
export class OpenSearchEngine implements SearchEngine {
  readonly #location: OpenSearchLocation;
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #control: ControlDocument;
  readonly #moments: Moments;
  readonly #indexes: ContentIndexes;
  #settings: { readonly id: string; readonly stored: StoredSettings } | null = null;

  constructor(location: OpenSearchLocation, indexesOf: IndexesOf = (...of) => new ContentIndexes(...of)) {
    this.#location = location;
    this.#cluster = new Cluster(location);
    this.#names = namesOf(location);
    this.#control = new ControlDocument(this.#cluster, this.#names.control, location);
    this.#moments = new Moments(this.#cluster, this.#names, this.#control, location);
    this.#indexes = indexesOf(this.#cluster, this.#names, location);
  }

  async claim(fence: EngineFence, sequences: StoreSequences): Promise<'this' | 'none' | 'other'> {
    const { content } = await this.#control.change(async (control): Promise<Control> => {
      if (control !== null && isOthers(control, this.#location.connection)) throw this.#others(control);
      // The runs of different stores cannot be compared.
      if (control?.store === fence.storeId) checkRun(control, fence.run);
      return {
        connection: this.#location.connection,
        store: fence.storeId,
        run: fence.run,
        claims: (control?.claims ?? 0) + 1,
        content: control?.content ? await this.#compared(control.content, sequences) : null,
      };
    });
    if (content === null) return 'none';
    if (content.store !== fence.storeId || content.isForeign) return 'other';
    await this.#removeTombstones(content);
    // A process that was still writing one has lost its claim.
    const { membership, retired } = content;
    const named = [...retired, ...(membership === null ? [] : [membership])].map(({ generation }) => generation);
    await keepGenerations(this.#cluster, this.#names.members(content.name), named);
    return 'this';
  }

  async wipe(fence: EngineFence): Promise<void> {
    checkClaim(await this.#control.read(), fence);
    // Listed before this store's content is there, so that a process that stalls here removes no newer one.
    const old = await this.#indexes.list();
    const made = await this.#makeContent(fence);
    await this.#control.change((control): Control => {
      checkClaim(control, fence);
      return { ...control, content: made };
    });
    await this.#indexes.remove(old);
  }

  async configure(fence: EngineFence, settings: EngineSettings, sequence: number): Promise<void> {
    const { settings: old, oldSettings } = (await this.#writable(fence)).content;
    const stored = await this.#settingsOf(old);
    if (isDeepStrictEqual(stored.settings, settings)) {
      await this.#changeContent(fence, (content) => acknowledging(content, sequence));
      return;
    }
    const id = await this.#addSettings({ settings, numbers: numbered(stored.numbers, settings.indexed) });
    await this.#changeContent(fence, (content) => ({
      ...acknowledging(content, sequence),
      settings: id,
      oldSettings: content.settings,
    }));
    if (oldSettings !== null) await this.#control.removeSettings(oldSettings);
  }

  async apply(fence: EngineFence, changes: readonly DocumentChange[]): Promise<number> {
    const { name, settings, acknowledged } = (await this.#writable(fence)).content;
    if (changes.length === 0) return acknowledged;
    const stored = await this.#settingsOf(settings);
    const last = new Map(
      changes.toSorted((one, other) => one.sequence - other.sequence).map((each) => [each.id, each]),
    );
    const items = [...last.values()].map((change) => itemOf(change, stored));
    const { newer, refused } = await writeBulk(this.#cluster, this.#names.writtenDocuments(name), items);
    const versions = await this.#versionsOf(name, [...newer, ...refused.map(({ id }) => id)]);
    const sent = Math.max(...changes.map(({ sequence }) => sequence));
    const content = await this.#changeContent(fence, (current) =>
      // Another process may have wiped the content that this was sent to.
      current.name === name ? acknowledging(current, sent) : null,
    );
    // The cluster reads a document before it compares versions.
    const current = refused.filter(({ id }) => (versions.get(id) ?? 0) < (last.get(id)?.sequence ?? 0));
    if (current.length > 0) throw new DocumentsRefusedError(current);
    return Math.max(content.acknowledged, ...versions.values());
  }

  async refresh(): Promise<void> {
    const content = (await this.#control.read())?.content ?? null;
    if (content === null) return;
    await refreshIndex(this.#cluster, this.#names.documents(content.name));
    await this.#control.change((control) =>
      control?.content?.name === content.name
        ? { ...control, content: { ...control.content, refreshed: control.content.refreshed + 1 } }
        : null,
    );
  }

  async publishMembership(fence: EngineFence, membership: PublishedMembership, sequence: number): Promise<void> {
    const { content: before, claims } = await this.#writable(fence);
    const { name } = before;
    const index = this.#names.members(name);
    const alias = this.#names.writtenMembers(name);
    const generation = await writeGeneration(this.#cluster, { alias, index }, membership);
    const now = Date.now();
    const outdated = before.retired.filter(({ at }) => now - at > RETIRED_MS).map((each) => each.generation);
    // Before they are forgotten: they have names and addresses of people.
    await removeGenerations(this.#cluster, index, outdated);
    await this.#changeContent(fence, (content, control) => {
      // A claim removes generations that nothing names, so it may have removed rows of this one.
      if (content.name !== name || control.claims !== claims) return null;
      const replacedNow = content.membership === null ? [] : [{ generation: content.membership.generation, at: now }];
      const kept = content.retired.filter((each) => !outdated.includes(each.generation));
      return {
        ...acknowledging(content, sequence),
        membership: { generation, fields: membership.fields },
        retired: [...kept, ...replacedNow],
      };
    });
  }

  async countCarrying(principals: readonly string[], upTo: number): Promise<number> {
    const content = (await this.#control.read())?.content ?? null;
    if (content === null || principals.length === 0) return 0;
    const { hits } = await this.#cluster.ask<{ hits: { total: { value: number } } }>({
      method: 'POST',
      path: `/${this.#names.documents(content.name)}/_search`,
      query: WHOLE,
      body: { query: { bool: { filter: { terms: { principals } } } }, size: 0, track_total_hits: Math.max(upTo, 1) },
    });
    return Math.min(hits.total.value, upTo);
  }

  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    return this.#moments.during((moment) => work(new OpenSearchView(this.#cluster, moment, now)));
  }

  /** Removes everything that the connection has in the cluster. Returns whether there was anything of it. */
  async remove(): Promise<boolean> {
    const control = await this.#control.read();
    if (control === null || isOthers(control, this.#location.connection)) return false;
    await this.#indexes.remove(await this.#indexes.list());
    await this.#cluster.find({ method: 'DELETE', path: `/${this.#names.control}` });
    return true;
  }

  async close(): Promise<void> {
    await this.#moments.close();
    await this.#cluster.close();
  }

  #others({ connection }: Control): IndexUnavailableError {
    const { url, prefix, connection: own } = this.#location;
    return new IndexUnavailableError(
      `The indexes ${prefix}-* of the cluster ${url} are those of connection '${connection}', not of '${own}'. ` +
        `Set another index.prefix in this config. If there is no such connection any more, delete the index ${this.#names.control}.`,
    );
  }

  /** Returns the control document with content of the fence's store. */
  async #writable(fence: EngineFence): Promise<Writable> {
    const control = await this.#control.read();
    checkWritable(control, fence);
    return control;
  }

  /** @param next null: the content is not the one that it was */
  async #changeContent(
    fence: EngineFence,
    next: (content: Content, control: Control) => Content | null,
  ): Promise<Content> {
    const changed = await this.#control.change((control): Writable => {
      checkWritable(control, fence);
      const content = next(control.content, control);
      if (content === null) throw replaced();
      return { ...control, content };
    });
    checkWritable(changed, fence);
    return changed.content;
  }

  /** Returns the content as the cluster has it now, compared with the store. Null: an index of it is missing. */
  async #compared(content: Content, { highest, acknowledged }: StoreSequences): Promise<Content | null> {
    const state = await this.#indexes.state(content.name);
    if (state === null) return null;
    const stored = Math.max(content.acknowledged, await this.#highestSequence(content));
    const isOfStore = state.marks === content.marks && stored <= highest && content.acknowledged >= acknowledged;
    // A cluster cannot change the number of shards of an index.
    const isForeign = content.isForeign || !isOfStore || state.shards !== this.#location.shards;
    return { ...content, isForeign };
  }

  /** Also sees changes that a process had stored when it ended, before it acknowledged them. */
  async #highestSequence({ name }: Content): Promise<number> {
    const index = this.#names.documents(name);
    await refreshIndex(this.#cluster, index);
    const { aggregations } = await this.#cluster.ask<{ aggregations: { highest: { value: number | null } } }>({
      method: 'POST',
      path: `/${index}/_search`,
      query: WHOLE,
      body: { size: 0, aggs: { highest: { max: { field: 'sequence' } } } },
    });
    return aggregations.highest.value ?? 0;
  }

  /** Makes indexes that nothing names yet. */
  async #makeContent(fence: EngineFence): Promise<Content> {
    const name = await this.#indexes.make();
    const none = { fields: fieldLists(() => []), titleFields: fieldLists(() => []) };
    const settings = await this.#addSettings({
      settings: { organizationId: null, refusedOrganizationId: null, indexed: none },
      numbers: NO_FIELDS,
    });
    return {
      name,
      store: fence.storeId,
      isForeign: false,
      marks: (await this.#indexes.state(name))?.marks ?? '',
      acknowledged: 0,
      refreshed: 0,
      cursorKey: randomBytes(32).toString('base64'),
      settings,
      oldSettings: null,
      membership: null,
      retired: [],
    };
  }

  async #removeTombstones({ name }: Content): Promise<void> {
    const range = { removedAt: { lt: Date.now() - TOMBSTONE_MS } };
    await this.#cluster.find({
      method: 'POST',
      path: `/${this.#names.documents(name)}/_delete_by_query`,
      query: { conflicts: 'proceed', max_docs: MOST_TOMBSTONES },
      body: { query: { bool: { filter: [{ term: { object: REMOVED } }, { range }] } } },
    });
  }

  /** Returns the versions of those of the documents that there are, and of tombstones. */
  async #versionsOf(name: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const { docs } = await this.#cluster.ask<{ docs: readonly { readonly _id: string; readonly _version?: number }[] }>(
      {
        method: 'POST',
        path: `/${this.#names.documents(name)}/_mget`,
        query: { _source: false },
        body: { ids },
      },
    );
    return new Map(docs.map(({ _id, _version = 0 }) => [_id, _version]));
  }

  async #settingsOf(id: string): Promise<StoredSettings> {
    if (this.#settings?.id !== id) this.#settings = { id, stored: await this.#control.settings(id) };
    return this.#settings.stored;
  }

  async #addSettings(stored: StoredSettings): Promise<string> {
    const id = `settings-${randomBytes(8).toString('hex')}`;
    await this.#control.addSettings(id, stored);
    return id;
  }
}

type Writable = Control & { readonly content: Content };

/** Throws unless the fence may write. */
function checkWritable(control: Control | null, fence: EngineFence): asserts control is Writable {
  checkClaim(control, fence);
  if (control.content === null) throw replaced();
  checkContent(control.content, fence);
}

function acknowledging(content: Content, sequence: number): Content {
  return { ...content, acknowledged: Math.max(content.acknowledged, sequence) };
}

/** Returns what the index has of a document, or its tombstone. */
function itemOf({ id, sequence: version, document }: DocumentChange, { settings, numbers }: StoredSettings): BulkItem {
  if (document === null)
    return { id, version, document: { object: REMOVED, sequence: version, removedAt: Date.now() } };
  const { object, order, modified, ownerId, accountId, principals, strings } = document;
  return {
    id,
    version,
    document: {
      object,
      order,
      sequence: version,
      modified,
      owner: ownerId,
      account: accountId,
      principals,
      ...wordsOf(object, strings, numbers, settings.indexed.titleFields),
      strings: Object.fromEntries(
        Object.entries(strings).map(([field, text]) => [stringKeyOf(numberOf(numbers, object, field)), text]),
      ),
    },
  };
}
