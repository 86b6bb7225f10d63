import { setImmediate as breathe } from 'node:timers/promises';
import { type ObjectName, objectNamed } from '../../objects/index.ts';
import type { SweepGuard, SweepResult, Ticket } from '../port.ts';
import { mayHaveBeenHidden, sweepEnded } from '../staleness.ts';
import { looksLikeLostAccess } from '../sweep-guard.ts';
import { Batch } from './batch.ts';
import type { Database } from './database.ts';
import { fenced } from './fence.ts';
import { codeOf } from './layout.ts';
import { writeStaleness } from './meta.ts';
import type { Principals } from './principals.ts';
import { unlistBefore } from './unindexed.ts';

/** Rows looked at between two looks at the event loop: some 50 ms. */
const RANGE = 50_000;

/** See `IndexWriter.sweep`. */
export function sweep(
  db: Database,
  principals: Principals,
  ticket: Ticket,
  object: ObjectName,
  before: number,
  { percent, evenIfHidden }: SweepGuard,
): Promise<SweepResult> {
  return fenced(db, ticket, async (meta) => {
    const obj = codeOf(object);
    const documents = await oldDocuments(db, obj, before);
    const [of] = db.get<[number]>('select count(*) from doc where obj = ? and live = 1', obj) ?? [0];
    const wouldRemove = documents.length;
    const { staleness } = meta;
    const sweeping = { run: ticket.run, start: new Date(before).toISOString() };
    const isHidden = mayHaveBeenHidden(staleness, object, sweeping.start);
    const keepsAll = percent === null || (isHidden && evenIfHidden === 'nothing');
    if (keepsAll && wouldRemove === 0) return { removed: 0, stopped: null };
    if (keepsAll || looksLikeLostAccess(wouldRemove, of, percent)) {
      const stopped = { wouldRemove, of };
      writeStaleness(db, sweepEnded(staleness, object, stopped, sweeping));
      return { removed: 0, stopped };
    }

    const keepsShares = isHidden && evenIfHidden === 'documents';
    const parents: string[] = [];
    if (!keepsShares) for await (const ids of oldParents(db, object, before)) for (const id of ids) parents.push(id);
    const { removed } = await new Batch(db, principals, meta.contacts, ticket.run).sweep(
      object,
      documents,
      parents,
      before,
    );
    unlistBefore(db, object, before);
    if (!keepsShares) writeStaleness(db, sweepEnded(staleness, object, null, sweeping));
    return { removed, stopped: null };
  });
}

/** See `IndexWriter.hasUnmet`. */
export function hasUnmet(db: Database, object: ObjectName, before: number): Promise<boolean> {
  return db.readingInTurn(async () => {
    for await (const ids of oldIds(db, codeOf(object), before)) if (ids.length > 0) return true;
    for await (const ids of oldParents(db, object, before)) if (ids.length > 0) return true;
    return false;
  });
}

async function oldDocuments(db: Database, obj: number, before: number): Promise<string[]> {
  const all: string[] = [];
  for await (const ids of oldIds(db, obj, before)) for (const id of ids) all.push(id);
  return all;
}

async function* oldIds(db: Database, obj: number, before: number): AsyncGenerator<string[]> {
  const [highest] = db.get<[number | null]>('select max(rid) from doc') ?? [0];
  for (let rid = 0; rid <= (highest ?? 0); rid += RANGE) {
    const found = db.all<[string]>(
      'select id from doc where rid > ? and rid <= ? and obj = ? and live = 1 and version < ?',
      rid,
      rid + RANGE,
      obj,
      before,
    );
    yield found.map(([id]) => id);
    await breathe();
  }
}

/** Old parents that have no document, or one that goes. */
async function* oldParents(db: Database, object: ObjectName, before: number): AsyncGenerator<string[]> {
  let after = objectNamed(object).keyPrefix;
  for (;;) {
    const page = db.all<[string, number, number]>(
      `select id, obj, version < ? and not exists (
         select 1 from doc where doc.id = parent.id and live = 1 and version >= ?)
       from parent where id > ? order by id limit ${RANGE}`,
      before,
      before,
      after,
    );
    yield page.filter(([, obj, isOld]) => obj === codeOf(object) && isOld === 1).map(([id]) => id);
    const last = page.at(-1);
    if (last === undefined || page.length < RANGE || last[1] !== codeOf(object)) return;
    after = last[0];
    await breathe();
  }
}
