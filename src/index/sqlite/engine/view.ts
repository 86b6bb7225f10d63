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
} from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { loadShown } from '../store/documents.ts';
import { readIndexed } from '../store/indexed-fields.ts';
import { everyFieldOf } from '../store/membership.ts';
import { readMeta } from '../store/meta.ts';
import { type Completions, completionsIn } from './completions.ts';
import { readCursorKey } from './cursor-key.ts';
import { countWords, findAll, findAllWords, findBest, findVisible, hasWords, type WordsQuery } from './find.ts';
import { memberOf, NOTHING_HELD, type StoredMember, usersNamed } from './members.ts';
import { findNewest, type Newest } from './newest.ts';
import { type ScopeSql, scopeSqlOf } from './scope-sql.ts';
import type { Tuning } from './tuning.ts';

/** One consistent state of a file. Made in a read transaction, and valid only there. */
export class EmbeddedView implements EngineView {
  readonly settings: EngineSettings;
  readonly #db: Database;
  readonly #gen: number | null;
  readonly #now: number;
  readonly #tuning: Tuning;
  readonly #completions: Completions;
  readonly #sqlByScope = new WeakMap<Scope, ScopeSql>();
  /** The user who was looked up last. A search asks several times for the same user. */
  #lookedUp: { readonly userId: string; readonly member: StoredMember | null } | null = null;
  /** What was counted last: the first page of a list shows the first of these. */
  #counted: { readonly query: EngineQuery; readonly rowNumbers: readonly number[] } | null = null;

  constructor(db: Database, now: number, tuning: Tuning) {
    const { organizationId, refusedOrganizationId, generation } = readMeta(db);
    this.settings = { organizationId, refusedOrganizationId, indexed: readIndexed(db) };
    this.#db = db;
    this.#gen = generation;
    this.#now = now;
    this.#tuning = tuning;
    this.#completions = completionsIn(db);
  }

  get hasMembership(): boolean {
    return this.#gen !== null;
  }

  get cursorKey(): Buffer {
    return readCursorKey(this.#db);
  }

  async usersNamed(name: UserNameQuery): Promise<NamedUsers> {
    return this.#gen === null ? { users: [], count: 0 } : usersNamed(this.#db, this.#gen, name);
  }

  async accessOf(userId: string): Promise<UserAccess | null> {
    const member = this.#memberOf(userId);
    if (member === null || this.#gen === null) return null;
    return { objects: member.objects, everyField: everyFieldOf(this.#db, this.#gen) };
  }

  async find(query: EngineQuery, after: Place | null, limit: number, isOver = never): Promise<Finding> {
    if (!isList(query)) {
      const visible = this.#visibleIn(query.scope);
      const best = findBest(this.#db, this.#withWords(query), visible, { after, atMost: limit, isOver });
      const documents = best.found.map(({ rowNumber, score }) => this.#shown(rowNumber, score));
      return { documents, stoppedAt: best.stoppedAt };
    }
    const { rowNumbers, stoppedAt } = this.#newest(query, after, limit, isOver);
    return {
      documents: rowNumbers.map((rowNumber) => this.#shown(rowNumber, 0)),
      stoppedAt: stoppedAt === null ? null : { score: 0, order: stoppedAt },
    };
  }

  async count(query: EngineQuery, upTo: number, isOver = never): Promise<number> {
    const visible = this.#visibleIn(query.scope);
    if (!isList(query)) return countWords(this.#db, this.#withWords(query), visible, upTo);
    const { rowNumbers } = findNewest(this.#db, visible, { after: null, atMost: upTo, tuning: this.#tuning, isOver });
    this.#counted = { query, rowNumbers };
    return rowNumbers.length;
  }

  async matches(query: EngineQuery, id: string): Promise<boolean> {
    const visible = this.#visibleIn(query.scope);
    const rowNumber = findVisible(this.#db, id, visible);
    return rowNumber !== null && (isList(query) || hasWords(this.#db, rowNumber, this.#withWords(query), visible));
  }

  async ids(query: EngineQuery): Promise<string[]> {
    const visible = this.#visibleIn(query.scope);
    return isList(query) ? findAll(this.#db, visible) : findAllWords(this.#db, this.#withWords(query), visible);
  }

  async records(ids: readonly string[], scope: Scope): Promise<ShownDocument[]> {
    const visible = this.#visibleIn(scope);
    return ids.flatMap((id) => {
      const rowNumber = findVisible(this.#db, id, visible);
      return rowNumber === null ? [] : [loadShown(this.#db, rowNumber)];
    });
  }

  #newest(query: EngineQuery, after: Place | null, limit: number, isOver: () => boolean): Newest {
    const counted = this.#counted;
    if (after === null && counted?.query === query && limit <= counted.rowNumbers.length)
      return { rowNumbers: counted.rowNumbers.slice(0, limit), stoppedAt: null };
    const visible = this.#visibleIn(query.scope);
    return findNewest(this.#db, visible, { after, atMost: limit, tuning: this.#tuning, isOver });
  }

  #shown(rowNumber: number, score: number): FoundDocument {
    return { ...loadShown(this.#db, rowNumber), order: rowNumber, score };
  }

  #withWords(query: EngineQuery): WordsQuery {
    return { ...query, completions: this.#completions };
  }

  #visibleIn(scope: Scope): ScopeSql {
    const known = this.#sqlByScope.get(scope);
    if (known !== undefined) return known;
    const held = this.#memberOf(scope.userId)?.held ?? NOTHING_HELD;
    const visible = scopeSqlOf(this.#db, scope, held, this.settings.indexed, this.#tuning.tokensUpTo);
    this.#sqlByScope.set(scope, visible);
    return visible;
  }

  #memberOf(userId: string): StoredMember | null {
    if (this.#lookedUp?.userId !== userId) {
      const member = this.#gen === null ? null : memberOf(this.#db, this.#gen, userId, this.#now);
      this.#lookedUp = { userId, member };
    }
    return this.#lookedUp.member;
  }
}

function never(): boolean {
  return false;
}

/** Reports whether the query has no words: then every visible document matches. */
function isList({ terms }: EngineQuery): boolean {
  return terms.length === 0;
}
