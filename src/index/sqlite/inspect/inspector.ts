import type { BorderRecord, IndexInspector, RecordExplanation, ServedUser } from '../../port/inspector.ts';
import { findSearcher } from '../engine/users.ts';
import type { Database } from '../file/database.ts';
import { text } from '../file/stored.ts';
import { readIndexed } from '../store/held-fields.ts';
import { answeringGeneration } from '../store/meta.ts';
import { readOrgTables } from '../store/org-tables.ts';
import { Borders } from './borders.ts';
import { Explainer } from './explain.ts';

/** The operator's side, on one open file. */
export class SqliteInspector implements IndexInspector {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async explain(recordId: string, { as }: { readonly as: string }): Promise<RecordExplanation> {
    return this.#asking((gen, now) => new Explainer(this.#db, gen, now).of(recordId, as));
  }

  async explainAll(asked: readonly { readonly recordId: string; readonly as: string }[]): Promise<RecordExplanation[]> {
    if (asked.length === 0) return [];
    return this.#asking((gen, now) => {
      const explainer = new Explainer(this.#db, gen, now);
      return asked.map(({ recordId, as }) => explainer.of(recordId, as));
    });
  }

  async users(named?: string): Promise<ServedUser[]> {
    return this.#asking((gen, now) => {
      const only = named === undefined ? null : findSearcher(this.#db, gen, named, now).userId;
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
    return this.#asking((gen, now) => {
      const searcher = findSearcher(this.#db, gen, userId, now);
      const indexed = readIndexed(this.#db);
      return new Borders(this.#db, searcher, indexed, random).records(
        each,
        peers.map((peer) => [...findSearcher(this.#db, gen, peer, now).principalNumbers]),
      );
    });
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #asking<Result>(answer: (gen: number, now: number) => Result): Result {
    return this.#db.reading(() => answer(answeringGeneration(this.#db), Date.now()));
  }
}
