import { expect, it } from 'vitest';
import type { RunWarning } from '../../src/facts/warnings.ts';
import { warningText } from '../../src/sentences/warnings.ts';

const shareObject = 'AccountShare';
const record = (id: string) => ({ id, object: 'Case' as const, cause: 'it breaks' });

const rows: [RunWarning, string][] = [
  [
    { code: 'clock_set_back', latest: '2027-01-01T00:00:00.000Z', now: '2026-01-01T00:00:00.000Z' },
    "the index contained times up to 2027-01-01T00:00:00.000Z, but the org's clock says 2026-01-01T00:00:00.000Z: the org's clock was ahead for a while, or someone forged a run. The index was set back to the org's clock, and this run reads everything again. Until it finishes, searches find what was indexed before",
  ],
  [
    { code: 'sweep_stopped', object: 'Lead', wouldRemove: 60, of: 70 },
    'sweep of Lead stopped: it would have removed 60 of 70 documents, which looks like lost access. None of them was removed',
  ],
  [
    { code: 'share_rows_hidden', shareObject, parents: 9, shown: 2 },
    'AccountShare lacks rows that the index has, and the org shows 2 of the 9 records that they share. This looks like lost access, so access to these records was left unchanged',
  ],
  [
    { code: 'share_rows_hidden', shareObject, parents: 9, shown: null },
    'AccountShare lacks rows that the index has, and the org does not count the 9 records that they share. This looks like lost access, so access to these records was left unchanged',
  ],
  [
    { code: 'share_rows_uncounted', shareObject },
    'AccountShare could not be counted: removed rows take effect once a run can count it, or with the next complete backfill',
  ],
  [
    { code: 'share_rows_uncompared', shareObject },
    'AccountShare could not be compared: changed rows take effect once a run can compare it',
  ],
  [
    { code: 'share_search_unfinished', shareObject, apiCalls: 50 },
    'AccountShare differs from the index in more places than 50 API calls can find: the next run continues the search',
  ],
  [
    { code: 'stream_blocked', object: 'Case', of: 'shares', errorCode: 'X', message: 'the org says no' },
    'share rows of Case could not be read: the org says no',
  ],
  [
    { code: 'records_unindexed', count: 1, records: [record('5001')] },
    '1 record could not be indexed: Case 5001 (it breaks)',
  ],
  [
    { code: 'records_unindexed', count: 1_234, records: [record('5001'), record('5002')] },
    '1,234 records could not be indexed: Case 5001 (it breaks), Case 5002 (it breaks), 1,232 more',
  ],
  [{ code: 'earlier_version' }, 'an earlier version did not record what it was'],
];

it.each(rows)('%j', (warning, text) => {
  expect(warningText(warning)).toBe(text);
});
