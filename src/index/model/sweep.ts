import type { SweepGuard } from '../port/backfill.ts';
import { looksLikeLostAccess } from './staleness.ts';

/** What a sweep removes of what its backfill has not seen. */
export type SweepDecision =
  /** There is nothing to remove, and the guard allows nothing: the object is as stale as before. */
  | 'nothing'
  /** The guard stops the sweep. The object is listed as stale. */
  | 'stop'
  | 'documents'
  | 'documents_and_shares';

/**
 * Decides what a sweep removes. See `Backfills.sweep`.
 *
 * @param isHidden the object is hidden, or may have been hidden after the backfill began
 */
export function decideSweep(
  { unseen, of }: { readonly unseen: number; readonly of: number },
  { percent, evenIfHidden }: SweepGuard,
  isHidden: boolean,
): SweepDecision {
  if (percent === null || (isHidden && evenIfHidden === 'nothing')) return unseen === 0 ? 'nothing' : 'stop';
  if (looksLikeLostAccess(unseen, of, percent)) return 'stop';
  return isHidden && evenIfHidden === 'documents' ? 'documents' : 'documents_and_shares';
}
