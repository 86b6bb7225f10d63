import { type FencingToken, MOST_RUNS_AHEAD } from '../port/admission.ts';
import { IndexReplacedError, NotAdmittedError, OrganizationChangedError, StaleRunError } from '../port/errors.ts';
import type { IndexState } from '../port/state.ts';

/** What an index knows about the runs that wrote it. */
export interface KnownRuns extends Pick<IndexState, 'indexId' | 'organizationId' | 'highestRun'> {
  /**
   * The run admitted last, which alone may write. Null: none was admitted since versions of this program admit runs.
   */
  readonly admittedRun: number | null;
}

/** Refuses a fencing token of another index or org, or of a run that is over. */
export function checkFence(known: KnownRuns, fence: FencingToken): void {
  if (fence.indexId !== known.indexId)
    throw new IndexReplacedError(
      'The index is not the one that the run began with: it was deleted, replaced or restored. The next run rebuilds it.',
    );
  if (known.organizationId !== null && fence.organizationId !== known.organizationId)
    throw new OrganizationChangedError(
      `The index belongs to organization ${known.organizationId}, but ${fence.organizationId} answers now. ` +
        'Correct base_url, and the next run serves searches again. If the new organization replaces the old one, run `salesforce-connector apply --replace-org`.',
    );
  if (fence.run < known.highestRun)
    throw new StaleRunError(`Run ${fence.run} is over: run ${known.highestRun} has written since.`);
  if (!Number.isSafeInteger(fence.run) || fence.run - known.highestRun > MOST_RUNS_AHEAD)
    throw new NotAdmittedError(
      `run ${fence.run} is too far ahead of run ${known.highestRun}, the last run that it knows, to belong to this connection`,
    );
}

/** Refuses a run that was not admitted, although its fencing token is right. */
export function checkAdmitted({ admittedRun }: KnownRuns, { run }: FencingToken): void {
  if (admittedRun !== run) throw new NotAdmittedError(`run ${run} was never admitted to it`);
}

/** Refuses every write before a run has begun. */
export function checkBegun({ organizationId }: KnownRuns): void {
  if (organizationId === null)
    throw new IndexReplacedError('No run has begun in this index yet. The next run builds it.');
}
