import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { fieldLists } from '../../objects/index.ts';
import type { OpenSearchLocation } from '../location.ts';
import { DocumentsRefusedError } from '../port/errors.ts';
import type {
  DocumentChange,
  EngineFence,
  EngineSettings,
  EngineView,
  PublishedMembership,
  SearchEngine,
  StoreSequences,
} from '../port/search-engine.ts';
import { type BulkItem, Cluster, writeBulk } from './cluster.ts';
import { ContentIndexes, type IndexesOf } from './content-indexes.ts';
import {
  type Content,
  type Control,
  ControlDocument,
  checkClaim,
  checkContent,
  checkRun,
  replaced,
  type StoredSettings,
} from './control.ts';
import { removeGenerations, writeGeneration } from './membership.ts';
import { Moments } from './moments.ts';
import { type IndexNames, namesOf } from './names.ts';
import { REMOVED } from './schema.ts';
import { OpenSearchView } from './view.ts';
import { NO_FIELDS, numbered, numberOf, stringKeyOf, wordsOf } from './words.ts';

/** A search that began with a generation has ended after this time. */
const RETIRED_MS = 10 * 60_000;

/**
 * A tombstone is removed after this time. The cluster then forgets its version, so no older change of the record may
 * still be on its way. A process sends what it has read at once, and a request ends after half a minute.
 */
const TOMBSTONE_MS = 24 * 3_600_000;

/** A search engine in an OpenSearch cluster. */
export class OpenSearchEngine implements SearchEngine {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #control: ControlDocument;
  readonly #moments: Moments;
  readonly #indexes: ContentIndexes;
  #settings: { readonly id: string; readonly stored: StoredSettings } | null = null;

  constructor(location: OpenSearchLocation, indexesOf: IndexesOf = (...of) => new ContentIndexes(...of)) {
    this.#cluster = new Cluster(location);
    this.#names = namesOf(location);
    this.#control = new ControlDocument(this.#cluster, this.#names.control, location);
    this.#moments = new Moments(this.#cluster, this.#names, this.#control);
    this.#indexes = indexesOf(this.#cluster, this.#names, location);
  }

  async claim(fence: EngineFence, sequences: StoreSequences): Promise<'this' | 'none' | 'other'> {
    const known = (await this.#control.read())?.content ?? null;
    const marks = known && (await this.#indexes.marks(known.name));
    const { content } = await this.#control.change((control): Control => {
      // The runs of different stores cannot be compared.
      if (control?.store === fence.epoch) checkRun(control, fence.run);
      const held = control?.content ?? null;
      // Somebody deleted the indexes.
      const content = marks === null ? null : held;
      return {
        store: fence.epoch,
        run: fence.run,
        content: content && { ...content, isForeign: isForeign(content, sequences, marks) },
      };
    });
    if (content === null) return 'none';
    await this.#removeTombstones(content);
    return content.store === fence.epoch && !content.isForeign ? 'this' : 'other';
  }

  async wipe(fence: EngineFence): Promise<void> {
    await this.#control.change((control): Control => {
      checkClaim(control, fence);
      return { ...control, content: null };
    });
    await this.#indexes.remove();
  }

  async configure(fence: EngineFence, settings: EngineSettings): Promise<void> {
    const { settings: old, oldSettings } = await this.#writable(fence);
    const stored = await this.#settingsOf(old);
    if (isDeepStrictEqual(stored.settings, settings)) return;
    const id = await this.#addSettings({ settings, numbers: numbered(stored.numbers, settings.indexed) });
    await this.#changeContent(fence, (content) => ({ ...content, settings: id, oldSettings: content.settings }));
    if (oldSettings !== null) await this.#control.removeSettings(oldSettings);
  }

  async apply(fence: EngineFence, changes: readonly DocumentChange[]): Promise<number> {
    const { name, settings, acknowledged } = await this.#writable(fence);
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
      current.name === name ? { ...current, acknowledged: Math.max(current.acknowledged, sent) } : null,
    );
    // The cluster reads a document before it compares versions.
    const current = refused.filter(({ id }) => (versions.get(id) ?? 0) < (last.get(id)?.sequence ?? 0));
    if (current.length > 0) throw new DocumentsRefusedError(current);
    return Math.max(content.acknowledged, ...versions.values());
  }

  async refresh(): Promise<void> {
    const content = (await this.#control.read())?.content ?? null;
    if (content === null) return;
    await this.#cluster.ask({ method: 'POST', path: `/${this.#names.documents(content.name)}/_refresh` });
    await this.#control.change((control) =>
      control?.content?.name === content.name
        ? { ...control, content: { ...control.content, refreshed: control.content.refreshed + 1 } }
        : null,
    );
  }

  async publishMembership(fence: EngineFence, membership: PublishedMembership): Promise<void> {
    const { name } = await this.#writable(fence);
    const index = this.#names.members(name);
    const alias = this.#names.writtenMembers(name);
    const generation = await writeGeneration(this.#cluster, { alias, index }, membership);
    const now = Date.now();
    let outdated: string[] = [];
    await this.#changeContent(fence, (content) => {
      if (content.name !== name) return null;
      const replacedNow = content.membership === null ? [] : [{ generation: content.membership.generation, at: now }];
      const retired = [...content.retired, ...replacedNow];
      const isOutdated = ({ at }: { readonly at: number }) => now - at > RETIRED_MS;
      outdated = retired.filter(isOutdated).map((each) => each.generation);
      return {
        ...content,
        membership: { generation, fields: membership.fields },
        retired: retired.filter((each) => !isOutdated(each)),
      };
    });
    await removeGenerations(this.#cluster, index, outdated);
  }

  async countCarrying(principals: readonly string[], upTo: number): Promise<number> {
    const content = (await this.#control.read())?.content ?? null;
    if (content === null || principals.length === 0) return 0;
    const { hits } = await this.#cluster.ask<{ hits: { total: { value: number } } }>({
      method: 'POST',
      path: `/${this.#names.documents(content.name)}/_search`,
      body: { query: { bool: { filter: { terms: { principals } } } }, size: 0, track_total_hits: Math.max(upTo, 1) },
    });
    return Math.min(hits.total.value, upTo);
  }

  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    return this.#moments.during((moment) => work(new OpenSearchView(this.#cluster, moment, now)));
  }

  /** Removes everything that the connector has in the cluster. */
  async remove(): Promise<void> {
    await this.#indexes.remove();
    await this.#cluster.find({ method: 'DELETE', path: `/${this.#names.control}` });
  }

  async close(): Promise<void> {
    await this.#moments.close();
    await this.#cluster.close();
  }

  /** Returns the content of the fence's store, and makes it if there is none. */
  async #writable(fence: EngineFence): Promise<Content> {
    const control = await this.#control.read();
    checkClaim(control, fence);
    const content = control.content ?? (await this.#makeContent(fence));
    checkContent(content, fence);
    return content;
  }

  /** @param next null: the content is not the one that it was */
  async #changeContent(fence: EngineFence, next: (content: Content) => Content | null): Promise<Content> {
    const { content } = await this.#control.change((control): Control => {
      checkClaim(control, fence);
      if (control.content === null) throw replaced();
      checkContent(control.content, fence);
      const changed = next(control.content);
      if (changed === null) throw replaced();
      return { ...control, content: changed };
    });
    if (content === null) throw replaced();
    return content;
  }

  async #makeContent(fence: EngineFence): Promise<Content> {
    const name = await this.#indexes.make();
    const none = { fields: fieldLists(() => []), titleFields: fieldLists(() => []) };
    const settings = await this.#addSettings({
      settings: { organizationId: null, refusedOrganizationId: null, indexed: none },
      numbers: NO_FIELDS,
    });
    const made: Content = {
      name,
      store: fence.epoch,
      isForeign: false,
      marks: (await this.#indexes.marks(name)) ?? '',
      acknowledged: 0,
      refreshed: 0,
      cursorKey: randomBytes(32).toString('base64'),
      settings,
      oldSettings: null,
      membership: null,
      retired: [],
    };
    const { content } = await this.#control.change((control): Control => {
      checkClaim(control, fence);
      return { ...control, content: control.content ?? made };
    });
    return content ?? made;
  }

  async #removeTombstones({ name }: Content): Promise<void> {
    const range = { removedAt: { lt: Date.now() - TOMBSTONE_MS } };
    await this.#cluster.find({
      method: 'POST',
      path: `/${this.#names.documents(name)}/_delete_by_query`,
      query: { conflicts: 'proceed' },
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

function isForeign(
  { isForeign: was, acknowledged, marks: made }: Content,
  sequences: StoreSequences,
  marks: string | null,
): boolean {
  if (was || marks !== made) return true;
  return acknowledged > sequences.highest || acknowledged < sequences.acknowledged;
}

/** Returns what the index has of a document, or its tombstone. */
function itemOf({ id, sequence: version, document }: DocumentChange, { settings, numbers }: StoredSettings): BulkItem {
  if (document === null) return { id, version, document: { object: REMOVED, removedAt: Date.now() } };
  const { object, order, modified, ownerId, accountId, principals, strings } = document;
  return {
    id,
    version,
    document: {
      object,
      order,
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
