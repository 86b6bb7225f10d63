import { askedRecord, type ExplainedIndex, explanationOf } from '../../model/explanation.ts';
import { scopeOf } from '../../model/scope.ts';
import type { BorderRecord, IndexInspector, RecordExplanation, ServedUser } from '../../port/inspector.ts';
import type { AsUser, UserReference } from '../../port/reader.ts';
import type { EngineView, SearchReads } from '../../port/search-engine.ts';
import { checkAnswers, findSearcher, findUser } from '../../search/users.ts';
import { memberOf, NOTHING_HELD } from '../engine/members.ts';
import type { Database } from '../file/database.ts';
import { Damage, text } from '../file/stored.ts';
import { readMeta } from '../store/meta.ts';
import { readOrgTables } from '../store/org-tables.ts';
import { Borders } from './borders.ts';
import type { Carriers } from './carriers.ts';
import { readExplainedIndex, readKnownRecord } from './known-record.ts';

interface Asking {
  readonly view: EngineView;
  /** The store's membership generation. */
  readonly gen: number;
  readonly now: number;
}

/** Explanations and audits: the store's data, compared with what searches find. */
export class SqliteInspector implements IndexInspector {
  readonly #db: Database;
  readonly #reads: SearchReads;
  readonly #carriers: Carriers;

  /** @param reads what searches find; during `reading`, the store must be in a read transaction */
  constructor(db: Database, reads: SearchReads, carriers: Carriers) {
    this.#db = db;
    this.#reads = reads;
    this.#carriers = carriers;
  }

  async explain(recordId: string, { as }: AsUser): Promise<RecordExplanation> {
    return this.#asking(async ({ view, gen, now }) =>
      this.#explained(view, readExplainedIndex(this.#db, gen, now), recordId, as),
    );
  }

  async explainAll(asked: readonly { readonly recordId: string; readonly as: string }[]): Promise<RecordExplanation[]> {
    if (asked.length === 0) return [];
    return this.#asking(async ({ view, gen, now }) => {
      const index = readExplainedIndex(this.#db, gen, now);
      const explained: RecordExplanation[] = [];
      for (const { recordId, as } of asked) explained.push(await this.#explained(view, index, recordId, as));
      return explained;
    });
  }

  async users(named?: string): Promise<ServedUser[]> {
    return this.#asking(async ({ view, gen, now }) => {
      const only = named === undefined ? null : (await findSearcher(view, named)).userId;
      const roles = new Map((readOrgTables(this.#db, gen).User.rows ?? []).map((row) => [row.Id, row.UserRoleId]));
      const users = this.#db.all(
        [text('n.user'), text('n.username'), text('a.objects')],
        `from user_name n
         join member m on m.gen = n.gen and m.user = n.user
           and m.until = (select min(until) from member where gen = n.gen and user = n.user and until > ?2)
         join access a on a.gen = m.gen and a.number = m.access
         where n.gen = ?1 and n.refused is null and (?3 is null or n.user = ?3) order by n.user`,
        gen,
        now,
        only,
      );
      return users.map(([id, username, reach]) => ({ id, username, roleId: roles.get(id) ?? null, reach }));
    });
  }

  async borders(
    userId: string,
    { each, peers, random }: Parameters<IndexInspector['borders']>[1],
  ): Promise<BorderRecord[]> {
    return this.#asking(async ({ view, gen, now }) => {
      const searcher = await findSearcher(view, userId);
      const heldBy = (id: string) => memberOf(this.#db, gen, id, now)?.held ?? NOTHING_HELD;
      const borders = new Borders(
        this.#db,
        this.#carriers,
        searcher,
        heldBy(searcher.userId),
        view.settings.indexed,
        random,
      );
      const others: number[][] = [];
      for (const peer of peers) others.push([...heldBy((await findSearcher(view, peer)).userId).numbers]);
      return borders.records(view, each, others);
    });
  }

  close(): Promise<void> {
    return this.#reads.close();
  }

  async #explained(
    view: EngineView,
    index: ExplainedIndex,
    recordId: string,
    as: string | UserReference,
  ): Promise<RecordExplanation> {
    const user = await findUser(view, as);
    const asked = askedRecord(recordId);
    const known = readKnownRecord(this.#db, asked);
    const mayFind = user.refused === null && known.document?.live === true;
    const finds = mayFind && (await findsRecord(view, user.userId, asked.id));
    return explanationOf(index, user, asked, known, finds);
  }

  #asking<Result>(answer: (asking: Asking) => Promise<Result>): Promise<Result> {
    const now = Date.now();
    return this.#reads.reading(now, async (view) => {
      checkAnswers(view);
      const { generation: gen } = readMeta(this.#db);
      if (gen === null) throw new Damage('it has no membership');
      return answer({ view, gen, now });
    });
  }
}

/** Reports whether a search as the user finds the record. */
async function findsRecord(view: EngineView, userId: string, id: string): Promise<boolean> {
  const { access } = await findSearcher(view, userId);
  const { scope } = scopeOf(userId, access, view.settings.indexed, undefined);
  return (await view.records([id], scope)).length > 0;
}
