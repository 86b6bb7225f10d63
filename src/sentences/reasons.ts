import type { RunReason, ToldReason } from '../facts/reasons.ts';
import { ordinal } from './numbers.ts';
import { selectionChangesText } from './selection-changes.ts';

/** Why a run is what it is, as a clause: `every 48th run`. */
export function reasonText(why: RunReason): string {
  switch (why.code) {
    case 'backfill_resumed':
      return why.beganRun === null
        ? 'goes on with the backfill that the index holds open'
        : `goes on with the backfill of run ${why.beganRun}`;
    case 'index_ahead':
      return `the index holds times up to ${why.latest}, later than the org's clock`;
    case 'index_replaced':
      return 'the index is another one than the run before had: new, or put back';
    case 'index_restored':
      return 'the index is older than the last run: it was restored from a copy';
    case 'connection_lost':
      return 'what was known of the runs before is gone: the ConnectionWorkflow was ended by hand';
    case 'never_completed':
      return 'no complete backfill has ever finished';
    case 'selection_changed':
      return selectionChangedText(selectionChangesText(why.changes));
    case 'changes_missed':
      return `the integration user's rights have changed, and changes of ${why.objects.join(', ')} may have been missed`;
    case 'recycle_bin_exceeded':
      return `the last successful run is more than ${why.days} days ago, longer than Salesforce keeps deleted records`;
    case 'cadence':
      return why.frequency === 1 ? 'every run' : `every ${ordinal(why.frequency)} run`;
    case 'backfill_not_in_index':
      return `the backfill that run ${why.beganRun} began is not in the index`;
    case 'requested':
      return 'asked for by a signal';
    case 'objects_answer_again': {
      const list = why.objects.join(', ');
      return `the org answers queries of ${list} again: only ${list} ${why.objects.length === 1 ? 'is' : 'are'} read`;
    }
    case 'contact_sharing_changed':
      return "the org-wide default of contacts has moved from or to 'Controlled by Parent'";
    case 'selection_changed_mid_run':
      return 'what the integration user sees changed while a run was at work';
    case 'incremental':
      return `the next complete backfill is run ${why.nextComplete}`;
    case 'earlier_version':
      return 'an earlier version did not note why';
  }
}

/** @param change how it has changed, as a clause */
export function selectionChangedText(change: string): string {
  return `what is indexed has changed: ${change}`;
}

export function tellReason(why: RunReason): ToldReason {
  return { reason: reasonText(why), why };
}
