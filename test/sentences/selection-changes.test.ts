import { expect, it } from 'vitest';
import { selectionChangesText } from '../../src/sentences/selection-changes.ts';
import type { SelectionChange } from '../../src/sync/selection-changes.ts';

it.each<[string, readonly SelectionChange[]]>([
  ['', []],
  ['Lead is switched on', [{ code: 'object_on', object: 'Lead' }]],
  ['Lead is switched off', [{ code: 'object_off', object: 'Lead' }]],
  ['Case is no longer visible', [{ code: 'object_hidden', object: 'Case' }]],
  ['Case is visible again', [{ code: 'object_visible', object: 'Case' }]],
  ['Account gains Phone, Fax', [{ code: 'fields_added', object: 'Account', fields: ['Phone', 'Fax'] }]],
  ['Account loses Type', [{ code: 'fields_removed', object: 'Account', fields: ['Type'] }]],
  ['Account gains no shares; Account loses shares', [{ code: 'shares_hidden', object: 'Account' }]],
  ['Account gains shares; Account loses no shares', [{ code: 'shares_visible', object: 'Account' }]],
  [
    'Account gains Fax, no shares; Account loses Type, shares',
    [
      { code: 'fields_added', object: 'Account', fields: ['Fax'] },
      { code: 'fields_removed', object: 'Account', fields: ['Type'] },
      { code: 'shares_hidden', object: 'Account' },
    ],
  ],
  ["Lead is filtered by Name != 'a;b'", [{ code: 'filter_changed', object: 'Lead', filter: "Name != 'a;b'" }]],
  ['Lead is no longer filtered', [{ code: 'filter_changed', object: 'Lead', filter: null }]],
  ['Account has another title', [{ code: 'title_changed', object: 'Account' }]],
  ['Contact hides which are of person accounts', [{ code: 'person_account_flag_hidden', object: 'Contact' }]],
  ['Contact shows which are of person accounts', [{ code: 'person_account_flag_visible', object: 'Contact' }]],
  ['Case.Type is shown differently', [{ code: 'shown_differently', object: 'Case', field: 'Type' }]],
  ['the order of the fields', [{ code: 'field_order', object: 'Case' }]],
  [
    'the order of the fields',
    [
      { code: 'field_order', object: 'Account' },
      { code: 'field_order', object: 'Case' },
    ],
  ],
  [
    'Account gains Phone; Account has another title; Case loses Type',
    [
      { code: 'fields_added', object: 'Account', fields: ['Phone'] },
      { code: 'title_changed', object: 'Account' },
      { code: 'field_order', object: 'Account' },
      { code: 'fields_removed', object: 'Case', fields: ['Type'] },
    ],
  ],
  ['a later version of the connector chose what is indexed', [{ code: 'selection_newer', version: 2 }]],
  ['the index does not tell what was chosen before', [{ code: 'selection_unreadable' }]],
  [
    'Account gains Phone; 1200 more',
    [
      { code: 'fields_added', object: 'Account', fields: ['Phone'] },
      { code: 'more', count: 1200 },
    ],
  ],
  // What a later version may send.
  ['another change (object_split)', [{ code: 'object_split', object: 'Case' } as unknown as SelectionChange]],
])('%s', (text, changes) => {
  expect(selectionChangesText(changes)).toBe(text);
});
