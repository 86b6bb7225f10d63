import { expect, it } from 'vitest';
import type { UnindexedCause } from '../../src/facts/unindexed.ts';
import { unindexedText } from '../../src/sentences/unindexed.ts';

const field = 'Subject';

const rows: [UnindexedCause, string][] = [
  [{ code: 'field_holds_list', field }, 'Subject holds a list, not text'],
  [{ code: 'field_holds_object', field }, 'Subject holds an object, not text'],
  [
    { code: 'field_too_long', field, characters: 1_234_567, most: 1_000_000 },
    'Subject holds 1,234,567 characters, 1,000,000 at most',
  ],
  [{ code: 'modified_malformed' }, 'SystemModstamp is not a time'],
  [{ code: 'engine_refused', engineCode: 'SQLITE_TOOBIG' }, 'the index cannot take it (SQLITE_TOOBIG)'],
  [{ code: 'earlier_version', text: 'as it was told then' }, 'as it was told then'],
];

it.each(rows)('%j', (cause, text) => {
  expect(unindexedText(cause)).toBe(text);
});
