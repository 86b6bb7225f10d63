import type { ObjectName } from '../../objects/index.ts';
import type { SweepResult, Ticket } from '../port.ts';
import { Batch } from './batch.ts';
import type { Database } from './database.ts';
import { fenced } from './fence.ts';
import { codeOf } from './layout.ts';
import type { Principals } from './principals.ts';

/** So many documents go without asking the guard: a small object may well lose a fifth of its records. */
const UNGUARDED = 50;

/** See `IndexWriter.sweep`. */
export function sweep(
  db: Database,
  principals: Principals,
  ticket: Ticket,
  object: ObjectName,
  before: number,
  guardPercent: number,
): Promise<SweepResult> {
  return fenced(db, ticket, async (meta) => {
    const obj = codeOf(object);
    const documents = db
      .all<[string]>('select id from doc where obj = ? and live = 1 and version < ?', obj, before)
      .map(([id]) => id);
    const [of] = db.get<[number]>('select count(*) from doc where obj = ? and live = 1', obj) ?? [0];
    const wouldRemove = documents.length;
    if (wouldRemove > UNGUARDED && wouldRemove * 100 > of * guardPercent)
      return { removed: 0, stopped: { wouldRemove, of } };

    const parents = db
      .all<[string]>(
        `select id from parent where obj = ?1 and version < ?2
         and not exists (select 1 from doc where doc.id = parent.id and live = 1 and version >= ?2)`,
        obj,
        before,
      )
      .map(([id]) => id);
    const { removed } = await new Batch(db, principals, meta.contacts).sweep(object, documents, parents, before);
    return { removed, stopped: null };
  });
}
