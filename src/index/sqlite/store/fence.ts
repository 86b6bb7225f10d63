import { checkAdmitted, checkBegun, checkFence } from '../../model/fence.ts';
import type { FencingToken } from '../../port/admission.ts';
import type { Database } from '../file/database.ts';
import { type Meta, readMeta, writeMeta } from './meta.ts';

/** Runs `work` in one fenced write transaction of a run that has begun. */
export function fenced<Result>(
  db: Database,
  fence: FencingToken,
  work: (meta: Meta) => Result | Promise<Result>,
): Promise<Result> {
  return db.writing(() => {
    const meta = readMeta(db);
    checkFence(meta, fence);
    checkBegun(meta);
    checkAdmitted(meta, fence);
    if (fence.run > meta.highestRun) writeMeta(db, { highestRun: fence.run });
    return work(meta);
  });
}
