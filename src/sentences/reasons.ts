import type { ReasonWithText, RunReason } from '../facts/reasons.ts';
import { ordinal } from './numbers.ts';
import { schemaChangesText } from './schema-changes.ts';

/** Describes why a run is complete or incremental, as a clause: `every 48th run`. */
export function reasonText(why: RunReason): string {
  switch (why.code) {
    case 'backfill_resumed':
      return why.beganRun === null
        ? 'resumes the open backfill in the index'
        : `resumes the backfill of run ${why.beganRun}`;
    case 'index_ahead':
      return `the index contains times up to ${why.latest}, ahead of the org's clock`;
    case 'index_replaced':
      return 'the index is not the one that the previous run had: it is new, or an older one was restored';
    case 'index_restored':
      return 'the index is older than the last run: it was restored from a copy';
    case 'connection_lost':
      return 'the state of earlier runs is lost: someone ended the ConnectionWorkflow';
    case 'never_completed':
      return 'no complete backfill has ever finished';
    case 'selection_changed':
      return schemaChangedText(schemaChangesText(why.changes));
    case 'changes_missed':
      return `the integration user's rights have changed, and changes to ${why.objects.join(', ')} may have been missed`;
    case 'recycle_bin_exceeded':
      return `the last successful run is more than ${why.days} days ago, longer than Salesforce keeps deleted records`;
    case 'cadence':
      return why.frequency === 1 ? 'every run' : `every ${ordinal(why.frequency)} run`;
    case 'backfill_not_in_index':
      return `the backfill that run ${why.beganRun} began is not in the index`;
    case 'requested':
      return 'requested by a signal';
    case 'objects_answer_again': {
      const list = why.objects.join(', ');
      return `the org answers queries on ${list} again: only ${list} ${why.objects.length === 1 ? 'is' : 'are'} read`;
    }
    case 'contact_sharing_changed':
      return "the org-wide default of contacts has changed from or to 'Controlled by Parent'";
    case 'selection_changed_mid_run':
      return 'what the integration user can see changed during a run';
    case 'incremental':
      return `the next complete backfill is run ${why.nextComplete}`;
    case 'earlier_version':
      return 'an earlier version did not record why';
  }
}

/**
 * Describes a changed schema.
 *
 * @param change how it changed, as a clause
 */
export function schemaChangedText(change: string): string {
  return `what is indexed has changed: ${change}`;
}

export function withReasonText(why: RunReason): ReasonWithText {
  return { reason: reasonText(why), why };
}
