import type { ObjectName } from '../../objects/index.ts';
import type { LedgerRange, ParentRange } from '../port.ts';
import type { Database } from './database.ts';
import { codeOf } from './layout.ts';

const IN_RANGE = 'from parent where obj = ?1 and row_count > 0 and id > ?2 and id <= ?3';

/** Above every id. */
const LAST = '~';

/** See `IndexWriter.shareLedger`. */
export function shareLedger(
  db: Database,
  object: ObjectName,
  range: ParentRange,
  pieces: number,
): Promise<LedgerRange[]> {
  return db.readingInTurn(() => {
    const whole = sums(db, object, range);
    const size = Math.ceil(whole.parents / pieces);
    if (pieces === 1 || size === 0) return [whole];
    const ledger: LedgerRange[] = [];
    let { after } = range;
    for (let parents = size; parents < whole.parents; parents += size) {
      const upTo = parentAt(db, object, { after, upTo: range.upTo }, size);
      ledger.push(sums(db, object, { after, upTo }));
      after = upTo;
    }
    return [...ledger, sums(db, object, { after, upTo: range.upTo })];
  });
}

/** See `IndexWriter.sharedParents`. */
export function sharedParents(db: Database, object: ObjectName, range: ParentRange): Promise<string[]> {
  return db.readingInTurn(() =>
    db.all<[string]>(`select id ${IN_RANGE} order by id`, ...values(object, range)).map(([id]) => id),
  );
}

function sums(db: Database, object: ObjectName, range: ParentRange): LedgerRange {
  const sql = `select count(*), coalesce(sum(row_count), 0) ${IN_RANGE}`;
  const [parents, rows] = db.get<[number, number]>(sql, ...values(object, range)) ?? [0, 0];
  return { ...range, parents, rows };
}

/** The parent of that place in the range, counted from 1. */
function parentAt(db: Database, object: ObjectName, range: ParentRange, place: number): string {
  const sql = `select id ${IN_RANGE} order by id limit 1 offset ?4`;
  const [id] = db.get<[string]>(sql, ...values(object, range), place - 1) ?? [];
  if (id === undefined) throw new Error(`the ledger of ${object} has no ${place} parents in the range`);
  return id;
}

function values(object: ObjectName, { after, upTo }: ParentRange): [number, string, string] {
  return [codeOf(object), after ?? '', upTo ?? LAST];
}
