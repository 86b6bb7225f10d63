import { expect, it } from 'vitest';
import { MOST_TEXT } from '../../activities/inputs.ts';
import { schemaChangeFields } from '../../activities/schema-change-fields.ts';
import type { SchemaChange } from '../../src/facts/schema-changes.ts';
import { wrongInBeginRun } from '../../workflows/message-forms.ts';
import { beginMessage } from '../workflows/begin-message.ts';

const names = (count: number) => Array.from({ length: count }, (_, at) => `A_Custom_Field_Of_Forty_Letters_${at}__c`);

it('reports nothing if nothing has changed', () => {
  expect(schemaChangeFields([])).toEqual({ selectionChange: null });
});

it('reports a few changes completely, as text and as values', () => {
  const changes: SchemaChange[] = [
    { code: 'fields_added', object: 'Account', fields: names(3) },
    { code: 'object_off', object: 'Lead' },
  ];
  expect(schemaChangeFields(changes)).toEqual({
    selectionChange: `Account gains ${names(3).join(', ')}; Lead is switched off`,
    selectionChanges: changes,
  });
});

it.each<[string, SchemaChange[], number]>([
  [
    'the maximum number of fields in an index',
    [
      { code: 'object_off', object: 'Lead' },
      { code: 'fields_added', object: 'Account', fields: names(1_900) },
      { code: 'object_on', object: 'Case' },
    ],
    1_902,
  ],
  ['an endless filter', [{ code: 'filter_changed', object: 'Case', filter: 'x'.repeat(200_000) }], 1],
  [
    'every field shown differently',
    names(1_900).map((field) => ({ code: 'shown_differently', object: 'Account', field })),
    1_900,
  ],
])('reports %s as far as the connection accepts, and how much more there is', (_, changes, all) => {
  const told = schemaChangeFields(changes);
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
