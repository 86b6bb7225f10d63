import { expect, it } from 'vitest';
import type { RunReason } from '../../src/facts/reasons.ts';
import { reasonText } from '../../src/sentences/reasons.ts';

const rows: [RunReason, string][] = [
  [{ code: 'backfill_resumed', beganRun: 3 }, 'goes on with the backfill of run 3'],
  [{ code: 'backfill_resumed', beganRun: null }, 'goes on with the backfill that the index holds open'],
  [
    { code: 'index_ahead', latest: '2999-01-01T00:00:00.000Z' },
    "the index holds times up to 2999-01-01T00:00:00.000Z, later than the org's clock",
  ],
  [{ code: 'index_replaced' }, 'the index is another one than the run before had: new, or put back'],
  [{ code: 'index_restored' }, 'the index is older than the last run: it was restored from a copy'],
  [{ code: 'connection_lost' }, 'what was known of the runs before is gone: the ConnectionWorkflow was ended by hand'],
  [{ code: 'never_completed' }, 'no complete backfill has ever finished'],
  [
    { code: 'selection_changed', changes: [{ code: 'fields_added', object: 'Account', fields: ['Phone'] }] },
    'what is indexed has changed: Account gains Phone',
  ],
  [
    { code: 'changes_missed', objects: ['Case', 'Lead'] },
    "the integration user's rights have changed, and changes of Case, Lead may have been missed",
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
  [{ code: 'requested' }, 'asked for by a signal'],
  [{ code: 'objects_answer_again', objects: ['Case'] }, 'the org answers queries of Case again: only Case is read'],
  [
    { code: 'objects_answer_again', objects: ['Case', 'Lead'] },
    'the org answers queries of Case, Lead again: only Case, Lead are read',
  ],
  [{ code: 'contact_sharing_changed' }, "the org-wide default of contacts has moved from or to 'Controlled by Parent'"],
  [{ code: 'selection_changed_mid_run' }, 'what the integration user sees changed while a run was at work'],
  [{ code: 'incremental', nextComplete: 49 }, 'the next complete backfill is run 49'],
  [{ code: 'earlier_version' }, 'an earlier version did not note why'],
];

it.each(rows)('%j', (why, text) => {
  expect(reasonText(why)).toBe(text);
});
