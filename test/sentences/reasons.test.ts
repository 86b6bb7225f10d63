import { expect, it } from 'vitest';
import type { RunReason } from '../../src/facts/reasons.ts';
import { reasonText } from '../../src/sentences/reasons.ts';

const rows: [RunReason, string][] = [
  [{ code: 'backfill_resumed', beganRun: 3 }, 'resumes the backfill of run 3'],
  [{ code: 'backfill_resumed', beganRun: null }, 'resumes the open backfill in the index'],
  [
    { code: 'index_ahead', latest: '2999-01-01T00:00:00.000Z' },
    "the index contains times up to 2999-01-01T00:00:00.000Z, ahead of the org's clock",
  ],
  [
    { code: 'index_replaced' },
    'the index is not the one that the previous run had: it is new, or an older one was restored',
  ],
  [{ code: 'index_restored' }, 'the index is older than the last run: it was restored from a copy'],
  [{ code: 'connection_lost' }, 'the state of earlier runs is lost: someone ended the ConnectionWorkflow'],
  [{ code: 'never_completed' }, 'no complete backfill has ever finished'],
  [
    { code: 'selection_changed', changes: [{ code: 'fields_added', object: 'Account', fields: ['Phone'] }] },
    'what is indexed has changed: Account gains Phone',
  ],
  [
    { code: 'changes_missed', objects: ['Case', 'Lead'] },
    "the integration user's rights have changed, and changes to Case, Lead may have been missed",
  ],
  [
    { code: 'recycle_bin_exceeded', days: 15 },
    'the last successful run is more than 15 days ago, longer than Salesforce keeps deleted records',
  ],
  [{ code: 'cadence', frequency: 1 }, 'every run'],
  [{ code: 'cadence', frequency: 2 }, 'every 2nd run'],
  [{ code: 'cadence', frequency: 11 }, 'every 11th run'],
  [{ code: 'cadence', frequency: 48 }, 'every 48th run'],
  [{ code: 'cadence', frequency: 101 }, 'every 101st run'],
  [{ code: 'cadence', frequency: 113 }, 'every 113th run'],
  [{ code: 'backfill_not_in_index', beganRun: 7 }, 'the backfill that run 7 began is not in the index'],
  [{ code: 'requested' }, 'requested by a signal'],
  [{ code: 'objects_answer_again', objects: ['Case'] }, 'the org answers queries on Case again: only Case is read'],
  [
    { code: 'objects_answer_again', objects: ['Case', 'Lead'] },
    'the org answers queries on Case, Lead again: only Case, Lead are read',
  ],
  [
    { code: 'contact_sharing_changed' },
    "the org-wide default of contacts has changed from or to 'Controlled by Parent'",
  ],
  [{ code: 'selection_changed_mid_run' }, 'what the integration user can see changed during a run'],
  [{ code: 'incremental', nextComplete: 49 }, 'the next complete backfill is run 49'],
  [{ code: 'earlier_version' }, 'an earlier version did not record why'],
];

it.each(rows)('%j', (why, text) => {
  expect(reasonText(why)).toBe(text);
});
