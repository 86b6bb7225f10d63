import { IndexReplacedError, NotAdmittedError, OrganizationChangedError, StaleRunError } from '../../errors.ts';
import type { FencingToken } from '../../port/admission.ts';
import { MOST_RUNS_AHEAD } from '../../port/admission.ts';
import type { Database } from '../file/database.ts';
import { type Meta, readMeta, writeMeta } from './meta.ts';

/**
 * Refuses a fencing token of another index or org, or of a run that is over. Call it in a write transaction, before the
 * first write.
 */
export function checkFence(meta: Meta, fence: FencingToken): void {
  if (fence.indexId !== meta.indexId)
    throw new IndexReplacedError(
      'The index is not the one that the run began with: it was deleted, replaced or restored. The next run rebuilds it.',
    );
  if (meta.organizationId !== null && fence.organizationId !== meta.organizationId)
    throw new OrganizationChangedError(
      `The index belongs to organization ${meta.organizationId}, but ${fence.organizationId} answers now. ` +
        'Correct base_url, and the next run serves searches again. If the new organization replaces the old one, run `salesforce-connector apply --replace-org`.',
    );
  if (fence.run < meta.highestRun)
    throw new StaleRunError(`Run ${fence.run} is over: run ${meta.highestRun} has written since.`);
  if (!Number.isSafeInteger(fence.run) || fence.run - meta.highestRun > MOST_RUNS_AHEAD)
    throw new NotAdmittedError(
      `run ${fence.run} is too far ahead of run ${meta.highestRun}, the last run that it knows, to belong to this connection`,
    );
}

/** Refuses a run that was not admitted, although its fencing token is right. */
export function checkAdmitted(meta: Meta, fence: FencingToken): void {
  if (meta.admittedRun !== fence.run) throw new NotAdmittedError(`run ${fence.run} was never admitted to it`);
}

/** Runs `work` in one fenced write transaction of a run that has begun. */
export function fenced<Result>(
  db: Database,
  fence: FencingToken,
  work: (meta: Meta) => Result | Promise<Result>,
): Promise<Result> {
  return db.writing(() => {
    const meta = readMeta(db);
    checkFence(meta, fence);
    if (meta.organizationId === null)
      throw new IndexReplacedError('No run has begun in this index yet. The next run builds it.');
    checkAdmitted(meta, fence);
    if (fence.run > meta.highestRun) writeMeta(db, { highestRun: fence.run });
    return work(meta);
  });
}
