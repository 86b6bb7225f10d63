import { expect, it } from 'vitest';
import { MOST_TEXT } from '../../activities/inputs.ts';
import { selectionTold } from '../../activities/selection-told.ts';
import type { SelectionChange } from '../../src/sync/selection-changes.ts';
import { wrongInBeginRun } from '../../workflows/message-forms.ts';
import { beginMessage } from '../workflows/begin-message.ts';

const names = (count: number) => Array.from({ length: count }, (_, at) => `A_Custom_Field_Of_Forty_Letters_${at}__c`);

it('nothing is told where nothing has changed', () => {
  expect(selectionTold([])).toEqual({ selectionChange: null });
});

it('few changes are told whole, as text and as values', () => {
  const changes: SelectionChange[] = [
    { code: 'fields_added', object: 'Account', fields: names(3) },
    { code: 'object_off', object: 'Lead' },
  ];
  expect(selectionTold(changes)).toEqual({
    selectionChange: `Account gains ${names(3).join(', ')}; Lead is switched off`,
    selectionChanges: changes,
  });
});

it.each<[string, SelectionChange[], number]>([
  [
    'as many fields as an index holds',
    [
      { code: 'object_off', object: 'Lead' },
      { code: 'fields_added', object: 'Account', fields: names(1_900) },
      { code: 'object_on', object: 'Case' },
    ],
    1_902,
  ],
  ['a filter without end', [{ code: 'filter_changed', object: 'Case', filter: 'x'.repeat(200_000) }], 1],
  [
    'every field shown differently',
    names(1_900).map((field) => ({ code: 'shown_differently', object: 'Account', field })),
    1_900,
  ],
])('%s: told as far as the connection takes it, and how much more there is', (_, changes, all) => {
  const told = selectionTold(changes);
  const { selectionChange, selectionChanges = [] } = told;
  expect(selectionChange).toHaveLength(MOST_TEXT);
  expect(JSON.stringify(selectionChanges).length).toBeLessThan(MOST_TEXT + 100);
  const counts = selectionChanges.map((change) => {
    if (change.code === 'more') return change.count;
    return 'fields' in change ? change.fields.length : 1;
  });
  expect(selectionChanges.at(-1)?.code).toBe('more');
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all);
  expect(wrongInBeginRun(beginMessage({ index: told }))).toBeNull();
});
