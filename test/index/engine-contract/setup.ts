import type { Member, ObjectAccess, UserName } from '../../../src/access/types.ts';
import { NO_FILTERS } from '../../../src/index/model/filters.ts';
import { orderOf } from '../../../src/index/model/order.ts';
import type {
  DocumentChange,
  EngineDocument,
  EngineFence,
  EngineQuery,
  EngineSettings,
  EngineView,
  FoundDocument,
  PublishedMembership,
  Scope,
  ScopeGroup,
  SearchEngine,
  StoreSequences,
} from '../../../src/index/port/search-engine.ts';
import { parseWords } from '../../../src/index/text/words.ts';
import { decidedFields, OBJECT_NAMES, type ObjectName, STANDARD_FIELDS } from '../../../src/objects/index.ts';
import { member, ORG, recordId, START, userId, userName } from '../contract/setup.ts';

export { groupId, member, recordId, START, userId, userName } from '../contract/setup.ts';

/** One engine under test. */
export interface EngineUnderTest {
  /** Another open side of the same engine. */
  open(): Promise<SearchEngine>;
}

/**
 * Makes a new engine without content.
 *
 * @param refuses what the engine must refuse, by documents of the test: the engine's code, or null for what it stores
 */
export type NewEngine = (refuses?: (document: EngineDocument) => string | null) => Promise<EngineUnderTest>;

/** Promises that an engine keeps in a weaker form, and why, for the titles of the tests. */
export interface Weaker {
  /** A search fails if the engine is wiped before it ends. */
  readonly wipe?: string;
}

export const FENCE: EngineFence = { storeId: 'store-1', run: 1 };
export const SETTINGS: EngineSettings = {
  organizationId: ORG,
  refusedOrganizationId: null,
  indexed: STANDARD_FIELDS,
};

/** A document that everyone in the tests may read. Those with a higher number were modified later. */
export function documentOf(
  object: ObjectName,
  n: number,
  strings: Readonly<Record<string, string>>,
  rest: Partial<EngineDocument> = {},
): EngineDocument {
  const id = recordId(object, n);
  const modified = rest.modified ?? START + n * 1_000;
  return {
    id,
    object,
    modified,
    order: orderOf(modified, id),
    ownerId: userId(1),
    accountId: null,
    principals: [userId(1)],
    strings,
    ...rest,
  };
}

/** What a store knows that has given sequences up to this one, and whose engine has acknowledged this one. */
export function given(highest: number, acknowledged = 0): StoreSequences {
  return { highest, acknowledged };
}

export function removalOf({ id }: EngineDocument, sequence: number): DocumentChange {
  return { id, sequence, document: null };
}

export function changeOf(document: EngineDocument, sequence: number): DocumentChange {
  return { id: document.id, sequence, document };
}

export function membershipOf(
  members: Iterable<Member>,
  names: Iterable<UserName> = [userName(1)],
): PublishedMembership {
  return { fields: decidedFields(STANDARD_FIELDS), members, names };
}

/** What a user with this reach may read: all standard fields of these objects. */
export function scopeOf(
  n: number,
  reach: ScopeGroup['reach'] = 'all',
  { objects = OBJECT_NAMES, ...filters }: Partial<Scope['filters']> & { readonly objects?: readonly ObjectName[] } = {},
): Scope {
  const { fields, titleFields } = STANDARD_FIELDS;
  const group = {
    reach,
    objects: objects.map((name) => ({ name, fields: fields[name], titleFields: titleFields[name] })),
  };
  return { userId: userId(n), groups: [group], filters: { ...NO_FILTERS, ...filters } };
}

export function queryOf(
  words: string,
  scope: Scope = scopeOf(1),
  sort: EngineQuery['sort'] = 'relevance',
): EngineQuery {
  return { words, terms: parseWords(words), sort, scope };
}

/** An engine that run 1 has claimed, with every standard field and with user 1 as its only member. */
export class Claimed {
  readonly #engine: EngineUnderTest;
  readonly side: SearchEngine;
  #sequence = 0;

  private constructor(engine: EngineUnderTest, side: SearchEngine) {
    this.#engine = engine;
    this.side = side;
  }

  static async begin(newEngine: NewEngine, refuses?: Parameters<NewEngine>[0]): Promise<Claimed> {
    const engine = await newEngine(refuses);
    const side = await engine.open();
    await side.claim(FENCE, given(0));
    await side.wipe(FENCE);
    await side.configure(FENCE, SETTINGS, 0);
    await side.publishMembership(FENCE, membershipOf([member(1)]), 0);
    return new Claimed(engine, side);
  }

  open(): Promise<SearchEngine> {
    return this.#engine.open();
  }

  /** Stores the documents, and makes them visible. */
  async store(...documents: readonly EngineDocument[]): Promise<void> {
    await this.side.apply(
      FENCE,
      documents.map((document) => changeOf(document, ++this.#sequence)),
    );
    await this.side.refresh();
  }

  /** Removes the documents from what searches see. */
  async remove(...documents: readonly EngineDocument[]): Promise<void> {
    await this.side.apply(
      FENCE,
      documents.map((document) => removalOf(document, ++this.#sequence)),
    );
    await this.side.refresh();
  }

  read<Result>(work: (view: EngineView) => Promise<Result>, now = START): Promise<Result> {
    return this.side.reading(now, work);
  }

  /** Returns the hits of a query, the best first. */
  async find(query: EngineQuery): Promise<readonly FoundDocument[]> {
    return (await this.read((view) => view.find(query, null, 1_000))).documents;
  }

  /** Returns the ids of the hits, the best first. */
  async found(words = '', scope: Scope = scopeOf(1)): Promise<string[]> {
    return (await this.find(queryOf(words, scope))).map(({ id }) => id);
  }
}

/** What a member with this access may read of every object. */
export function everywhere(access: ObjectAccess): Readonly<Record<ObjectName, ObjectAccess>> {
  return Object.fromEntries(OBJECT_NAMES.map((name) => [name, access])) as Record<ObjectName, ObjectAccess>;
}
