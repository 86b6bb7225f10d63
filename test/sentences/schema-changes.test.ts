import { expect, it } from 'vitest';
import type { SchemaChange } from '../../src/facts/schema-changes.ts';
import { schemaChangesText } from '../../src/sentences/schema-changes.ts';

it.each<[string, readonly SchemaChange[]]>([
  ['', []],
  ['Lead is switched on', [{ code: 'object_on', object: 'Lead' }]],
  ['Lead is switched off', [{ code: 'object_off', object: 'Lead' }]],
  ['Case is no longer visible', [{ code: 'object_hidden', object: 'Case' }]],
  ['Case is visible again', [{ code: 'object_visible', object: 'Case' }]],
  ['Account gains Phone, Fax', [{ code: 'fields_added', object: 'Account', fields: ['Phone', 'Fax'] }]],
  ['Account loses Type', [{ code: 'fields_removed', object: 'Account', fields: ['Type'] }]],
  ['Account loses shares', [{ code: 'shares_hidden', object: 'Account' }]],
  ['Account gains shares', [{ code: 'shares_visible', object: 'Account' }]],
  [
    'Account gains Fax; Account loses Type, shares',
    [
      { code: 'fields_added', object: 'Account', fields: ['Fax'] },
      { code: 'fields_removed', object: 'Account', fields: ['Type'] },
      { code: 'shares_hidden', object: 'Account' },
    ],
  ],
  ["Lead is filtered by Name != 'a;b'", [{ code: 'filter_changed', object: 'Lead', filter: "Name != 'a;b'" }]],
  ['Lead is no longer filtered', [{ code: 'filter_changed', object: 'Lead', filter: null }]],
  ['Account has a different title', [{ code: 'title_changed', object: 'Account' }]],
  [
    'Contact no longer shows which records are person accounts',
    [{ code: 'person_account_flag_hidden', object: 'Contact' }],
  ],
  [
    'Contact shows again which records are person accounts',
    [{ code: 'person_account_flag_visible', object: 'Contact' }],
  ],
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
    'Account gains Phone; Account has a different title; Case loses Type',
    [
      { code: 'fields_added', object: 'Account', fields: ['Phone'] },
      { code: 'title_changed', object: 'Account' },
      { code: 'field_order', object: 'Account' },
      { code: 'fields_removed', object: 'Case', fields: ['Type'] },
    ],
  ],
  ['a newer version of the connector chose what is indexed', [{ code: 'selection_newer', version: 2 }]],
  ['the index does not say what was chosen before', [{ code: 'selection_unreadable' }]],
  [
    'Account gains Phone; 1200 more',
    [
      { code: 'fields_added', object: 'Account', fields: ['Phone'] },
      { code: 'more', count: 1200 },
    ],
  ],
  // What a later version may send.
  ['another change (object_split)', [{ code: 'object_split', object: 'Case' } as unknown as SchemaChange]],
])('%s', (text, changes) => {
  expect(schemaChangesText(changes)).toBe(text);
});
