import { expect, it } from 'vitest';
import type { ObjectDescription, PicklistValue } from '../../src/salesforce/describe.ts';
import { readDescription } from '../../src/salesforce/describe.ts';
import { picklistLabels, withLabels } from '../../src/sync/picklist-labels.ts';

const VALUES: readonly PicklistValue[] = [
  { value: 'CUST_01', label: 'Strategic customer' },
  { value: 'CUST_02', label: 'Größter Kunde (DE)' },
  { value: 'Partner', label: 'Partner' },
  { value: 'Nameless', label: null },
  { value: 'Blank', label: '' },
];

function shown(type: string, text: string, picklistValues: readonly PicklistValue[] | undefined = VALUES): string {
  const field = { name: 'Rank__c', type, permissionable: true, compoundFieldName: null };
  const described: ObjectDescription = {
    name: 'Account',
    fields: [picklistValues === undefined ? field : { ...field, picklistValues }],
  };
  return withLabels(text, picklistLabels(described, ['Rank__c']).get('Rank__c'));
}

it.each([
  ['picklist', 'CUST_01', 'Strategic customer (CUST_01)'],
  ['picklist', 'CUST_02', 'Größter Kunde (DE) (CUST_02)'],
  ['combobox', 'CUST_01', 'Strategic customer (CUST_01)'],
  ['picklist', 'Partner', 'Partner'],
  ['picklist', 'Nameless', 'Nameless'],
  ['picklist', 'Blank', 'Blank'],
  ['picklist', 'By_API', 'By_API'],
  // In a field with one value, a semicolon is a letter like others.
  ['picklist', 'CUST_01;CUST_02', 'CUST_01;CUST_02'],
  ['multipicklist', 'CUST_01', 'Strategic customer (CUST_01)'],
  ['multipicklist', 'CUST_01;Partner;By_API', 'Strategic customer (CUST_01); Partner; By_API'],
  ['multipicklist', 'Partner;CUST_02', 'Partner; Größter Kunde (DE) (CUST_02)'],
  ['string', 'CUST_01', 'CUST_01'],
  ['reference', 'CUST_01', 'CUST_01'],
])('a %s with %s shows %s', (type, text, expected) => {
  expect(shown(type, text)).toBe(expected);
});

it('a picklist without values shows what the record has', () => {
  expect(shown('picklist', 'CUST_01', [])).toBe('CUST_01');
  expect(shown('multipicklist', 'A;B', [])).toBe('A; B');
});

it('a field that is not indexed has no labels', () => {
  const fields = [{ name: 'Rank__c', type: 'picklist', permissionable: true, compoundFieldName: null }];
  expect(picklistLabels({ name: 'Account', fields }, ['Name']).size).toBe(0);
  expect(picklistLabels(null, ['Rank__c']).size).toBe(0);
});

it('describe gives values and labels, including inactive ones, regardless of its other content', () => {
  const field = { name: 'Rank__c', type: 'picklist', permissionable: true };
  const read = (picklistValues?: unknown) =>
    readDescription({
      name: 'Account',
      fields: [{ ...field, ...(picklistValues === undefined ? {} : { picklistValues }) }],
    }).fields[0]?.picklistValues;
  const value = { active: false, defaultValue: false, label: 'Old', validFor: null, value: 'O' };
  expect(read([value, { value: 'X', label: null }])).toEqual([
    { value: 'O', label: 'Old' },
    { value: 'X', label: null },
  ]);
  expect([read(), read(null), read([])]).toEqual([[], [], []]);
});
