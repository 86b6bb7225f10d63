import { documentPrincipals } from '../../../src/access/principals.ts';
import type { ContactSharing, Member, ShareRow, UserName } from '../../../src/access/types.ts';
import { orderOf } from '../../../src/index/model/order.ts';
import type { RecordWrite, ShareWrite } from '../../../src/index/port/documents.ts';
import type { IndexReader } from '../../../src/index/port/reader.ts';
import type { EngineDocument } from '../../../src/index/port/search-engine.ts';
import { SearchReader } from '../../../src/index/search/reader.ts';
import { decidedFields, fieldLists, type IndexedFields, STANDARD_FIELDS } from '../../../src/objects/index.ts';
import { generation, iso, type NewIndex, ORG, opening, START, Started } from '../contract/setup.ts';
import { MemoryEngine } from '../memory-engine/engine.ts';

const FENCE = { storeId: 'both', run: 1 };

/** The same content in the embedded engine and in the engine in memory. What a record grants is computed here again. */
export class Both {
  readonly embedded: IndexReader;
  readonly memory: IndexReader;
  readonly #index: Started;
  readonly #engine: MemoryEngine;
  readonly #contacts: ContactSharing;
  readonly #records = new Map<string, RecordWrite>();
  readonly #shares = new Map<string, readonly ShareRow[]>();
  #indexed = STANDARD_FIELDS;
  #step = 0;

  private constructor(index: Started, embedded: IndexReader, engine: MemoryEngine, contacts: ContactSharing) {
    this.#index = index;
    this.embedded = embedded;
    this.#engine = engine;
    this.memory = new SearchReader(engine);
    this.#contacts = contacts;
  }

  /** Begins without documents and members. */
  static async begin(newIndex: NewIndex, contacts: ContactSharing): Promise<Both> {
    const index = await Started.begin(newIndex);
    const engine = new MemoryEngine();
    await engine.claim(FENCE, { highest: 0, acknowledged: 0 });
    await engine.wipe(FENCE);
    const both = new Both(index, await index.index.reader(), engine, contacts);
    await both.index(STANDARD_FIELDS);
    return both;
  }

  /** Indexes these fields from now on. */
  async index(indexed: IndexedFields): Promise<void> {
    const step = ++this.#step;
    const [start, contacts] = [iso(START + step), this.#contacts];
    await this.#index.begin(opening({ start, schema: `fields of step ${step}`, contacts, indexed }));
    await this.#engine.configure(FENCE, { organizationId: ORG, refusedOrganizationId: null, indexed }, 0);
    this.#indexed = indexed;
    for (const [id, record] of this.#records) this.#records.set(id, this.#held(record));
  }

  /** Makes these users the whole membership. */
  async members(members: readonly Member[], names: readonly UserName[]): Promise<void> {
    const asOf = START + ++this.#step;
    await this.#index.store.replaceMembership(this.#index.fence, generation(asOf), members, names);
    const fields = decidedFields(STANDARD_FIELDS);
    await this.#engine.publishMembership(FENCE, { fields, members, names }, 0);
  }

  /** Writes these records and share rows. Removes `gone`, except what is also written. */
  async write(
    given: readonly RecordWrite[],
    shares: readonly ShareWrite[],
    gone: readonly RecordWrite[],
  ): Promise<void> {
    const version = START + 10_000 + ++this.#step;
    const records = given.map((record) => this.#held(record));
    const removed = gone.filter(({ id }) => records.every((record) => record.id !== id));
    await this.#index.write({
      records: records.map((record) => ({ ...record, version })),
      shares: shares.map((share) => ({ ...share, version })),
      removals: removed.map(({ id, object }) => ({ id, object, version })),
    });
    for (const { parentId, rows } of shares) this.#shares.set(parentId, rows);
    for (const { id } of removed) this.#records.delete(id);
    for (const record of records) this.#records.set(record.id, record);
    const changes = [
      ...[...this.#records.values()].map((record) => ({ record, document: this.#documentOf(record) })),
      ...removed.map((record) => ({ record, document: null })),
    ];
    await this.#engine.apply(
      FENCE,
      changes.map(({ record: { id, object }, document }) => ({ id, object, sequence: this.#step, document })),
    );
    await this.#engine.refresh();
  }

  async close(): Promise<void> {
    await this.embedded.close();
    await this.#index.store.close();
  }

  /** Returns the record with the fields that are indexed. */
  #held(record: RecordWrite): RecordWrite {
    const kept = Object.entries(record.fields).filter(([field]) => this.#indexed.fields[record.object].includes(field));
    return { ...record, fields: Object.fromEntries(kept) };
  }

  #documentOf(record: RecordWrite): EngineDocument {
    const { id, object, ownerId, accountId, modified, fields: strings } = record;
    const account =
      accountId === null
        ? null
        : { ownerId: this.#records.get(accountId)?.ownerId ?? null, shares: this.#shares.get(accountId) ?? [] };
    const principals = documentPrincipals(record, this.#shares.get(id) ?? [], account, this.#contacts);
    const time = Date.parse(modified);
    return { id, object, ownerId, accountId, modified: time, order: orderOf(time, id), principals, strings };
  }
}

/** The standard fields without some. */
export function standardWithout(left: readonly string[]): IndexedFields {
  const rest = (fields: readonly string[]) => fields.filter((field) => !left.includes(field));
  return {
    fields: fieldLists(({ fields }) => rest(fields)),
    titleFields: fieldLists(({ titleFields }) => rest(titleFields)),
  };
}
