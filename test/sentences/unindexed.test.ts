import { expect, it } from 'vitest';
import type { UnindexedCause } from '../../src/facts/unindexed.ts';
import { unindexedText } from '../../src/sentences/unindexed.ts';

const field = 'Subject';

const rows: [UnindexedCause, string][] = [
  [{ code: 'field_holds_list', field }, 'Subject is a list, not text'],
  [{ code: 'field_holds_object', field }, 'Subject is an object, not text'],
  [
    { code: 'field_too_long', field, characters: 1_234_567, most: 1_000_000 },
    'Subject has 1,234,567 characters; at most 1,000,000 are allowed',
  ],
  [{ code: 'modified_malformed' }, 'SystemModstamp is not a time'],
  [{ code: 'engine_refused', engineCode: 'SQLITE_TOOBIG' }, 'the index cannot take it (SQLITE_TOOBIG)'],
  [{ code: 'earlier_version', text: 'the stored text' }, 'the stored text'],
];

it.each(rows)('%j', (cause, text) => {
  expect(unindexedText(cause)).toBe(text);
});
