import { ownerOnly } from '../../../src/access/markers.ts';
import type { Filters } from '../../../src/index/model/filters.ts';
import type {
  EngineDocument,
  EngineQuery,
  EngineSettings,
  EngineView,
  Finding,
  FoundDocument,
  NamedUsers,
  Place,
  Scope,
  ScopeGroup,
  ScopeObject,
  ShownDocument,
  UserAccess,
  UserNameQuery,
} from '../../../src/index/port/search-engine.ts';
import { pick, type StoredDocument, type StoredDocuments } from './documents.ts';
import { askedOf, levelOf } from './levels.ts';
import type { Membership } from './membership.ts';

/** What searches see. A write replaces it as a whole. */
export interface State {
  readonly settings: EngineSettings;
  readonly membership: Membership | null;
  readonly documents: StoredDocuments;
  readonly cursorKey: Buffer;
}

/** One state at one time. Each search looks at every document. */
export class MemoryView implements EngineView {
  readonly #state: State;
  readonly #now: number;

  /** @param now the time at which access must be valid, in milliseconds since 1970 */
  constructor(state: State, now: number) {
    this.#state = state;
    this.#now = now;
  }

  get settings(): EngineSettings {
    return this.#state.settings;
  }

  get hasMembership(): boolean {
    return this.#state.membership !== null;
  }

  get cursorKey(): Buffer {
    return this.#state.cursorKey;
  }

  async usersNamed(name: UserNameQuery): Promise<NamedUsers> {
    return this.#state.membership?.usersNamed(name) ?? { users: [], count: 0 };
  }

  async accessOf(userId: string): Promise<UserAccess | null> {
    const { membership } = this.#state;
    const member = membership?.memberAt(userId, this.#now) ?? null;
    return member === null || membership === null ? null : { objects: member.objects, everyField: membership.fields };
  }

  async find(query: EngineQuery, after: Place | null, limit: number): Promise<Finding> {
    const documents = this.#matching(query)
      .filter((found) => after === null || compare(found, after) > 0)
      .sort(compare)
      .slice(0, limit);
    return { documents, stoppedAt: null };
  }

  async count(query: EngineQuery, upTo: number): Promise<number> {
    return Math.min(this.#matching(query).length, upTo);
  }

  async matches(query: EngineQuery, id: string): Promise<boolean> {
    return this.#matching(query, [id]).length > 0;
  }

  async ids(query: EngineQuery): Promise<string[]> {
    return this.#matching(query)
      .sort(compare)
      .map(({ id }) => id);
  }

  async records(ids: readonly string[], scope: Scope): Promise<ShownDocument[]> {
    return this.#within(scope, ids).map(([{ document }, object]) => shown(document, object));
  }

  #matching(query: EngineQuery, ids?: readonly string[]): FoundDocument[] {
    const { terms, sort, scope } = query;
    const asked = askedOf(query);
    return this.#within(scope, ids).flatMap(([stored, object]) => {
      const level =
        terms.length === 0 ? 0 : levelOf(stored.wordsOf(object.fields), stored.wordsOf(object.titleFields), asked);
      if (level === null) return [];
      return [
        { ...shown(stored.document, object), score: sort === 'modified' ? 0 : level, order: stored.document.order },
      ];
    });
  }

  /**
   * Returns the documents in the scope, each with what may be read of its object.
   *
   * @param ids only these documents
   */
  #within({ userId, groups, filters }: Scope, ids?: readonly string[]): [StoredDocument, ScopeObject][] {
    const held = new Set(this.#state.membership?.memberAt(userId, this.#now)?.principals);
    const reaches: Readonly<Record<ScopeGroup['reach'], (principals: readonly string[]) => boolean>> = {
      all: () => true,
      principals: (principals) => principals.some((principal) => held.has(principal)),
      bare: (principals) => principals.includes(ownerOnly(userId)),
    };
    const open = new Map(
      groups.flatMap(({ reach, objects }) => objects.map((object) => [object.name, { object, reach }])),
    );
    return this.#among(ids).flatMap((stored): [StoredDocument, ScopeObject][] => {
      const { document } = stored;
      const way = open.get(document.object);
      if (way === undefined || !passes(document, filters) || !reaches[way.reach](document.principals)) return [];
      return [[stored, way.object]];
    });
  }

  #among(ids: readonly string[] | undefined): StoredDocument[] {
    const { documents } = this.#state;
    if (ids === undefined) return [...documents.values()];
    return [...new Set(ids)].flatMap((id) => documents.get(id) ?? []);
  }
}

function passes(
  { modified, ownerId, accountId }: EngineDocument,
  { modifiedFrom, modifiedBefore, owner, account }: Filters,
): boolean {
  return (
    (modifiedFrom === null || modified >= modifiedFrom) &&
    (modifiedBefore === null || modified < modifiedBefore) &&
    (owner === null || ownerId === owner) &&
    (account === null || accountId === account)
  );
}

/** The highest score first, then the highest order. */
function compare(one: Place, other: Place): number {
  return other.score - one.score || other.order - one.order;
}

function shown({ id, object, modified, accountId, strings }: ShownDocument, { fields }: ScopeObject): ShownDocument {
  return { id, object, modified, accountId, strings: pick(strings, fields) };
}
