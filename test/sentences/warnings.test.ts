import { expect, it } from 'vitest';
import type { RunWarning } from '../../src/facts/warnings.ts';
import { warningText } from '../../src/sentences/warnings.ts';

const shareObject = 'AccountShare';
const record = (id: string) => ({ id, object: 'Case' as const, cause: 'it breaks' });

const rows: [RunWarning, string][] = [
  [
    { code: 'clock_set_back', latest: '2027-01-01T00:00:00.000Z', now: '2026-01-01T00:00:00.000Z' },
    "the index held times up to 2027-01-01T00:00:00.000Z, and the org's clock says 2026-01-01T00:00:00.000Z: the org's clock was ahead for a while, or somebody forged a run. The index was brought back to the org's clock, and this run reads everything again; until it has ended, searches find what was indexed before",
  ],
  [
    { code: 'sweep_stopped', object: 'Lead', wouldRemove: 60, of: 70 },
    'sweep of Lead stopped: it would remove 60 of 70 documents, which looks like lost access; they stay as they were',
  ],
  [
    { code: 'share_rows_hidden', shareObject, parents: 9, shown: 2 },
    'AccountShare lacks rows that the index knows, and the org shows 2 of the 9 records that they share, which looks like lost access: who may read them stays as it was',
  ],
  [
    { code: 'share_rows_hidden', shareObject, parents: 9, shown: null },
    'AccountShare lacks rows that the index knows, and the org does not count the 9 records that they share, which looks like lost access: who may read them stays as it was',
  ],
  [
    { code: 'share_rows_uncounted', shareObject },
    'AccountShare could not be counted: what was removed from it shows after a run that can, or the next complete backfill',
  ],
  [
    { code: 'share_rows_uncompared', shareObject },
    'AccountShare could not be compared: what was changed in it shows after a run that can',
  ],
  [
    { code: 'share_search_unfinished', shareObject, apiCalls: 50 },
    'AccountShare has other rows than the index, at more places than 50 API calls find: the next run goes on',
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
  [{ code: 'earlier_version' }, 'an earlier version did not note what'],
];

it.each(rows)('%j', (warning, text) => {
  expect(warningText(warning)).toBe(text);
});
