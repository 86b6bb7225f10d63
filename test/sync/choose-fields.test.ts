import { expect, it } from 'vitest';
import { chooseFields } from '../../src/sync/choose-fields.ts';

const object = { name: 'Account', fields: [], titleFields: [] } as unknown as Parameters<typeof chooseFields>[0];

/** The fields of an object, with these that a pattern adds. */
function added(pattern: string, ...names: string[]): readonly string[] {
  const fields = names.map((name) => ({ name, type: 'string', permissionable: true, compoundFieldName: null }));
  const choice = { add: [pattern], leaveOut: [], title: null } as unknown as Parameters<typeof chooseFields>[2];
  return chooseFields(object, { name: 'Account', fields }, choice).fields;
}

it.each([
  ['Region__c', ['Region__c']],
  ['REGION__C', ['Region__c']],
  ['Region', []],
  ['Reg*', ['Region__c', 'Regional__c']],
  ['*__c', ['Region__c', 'Regional__c', 'Zone__c']],
  ['*gion*__c', ['Region__c', 'Regional__c']],
  ['Region*__c', ['Region__c', 'Regional__c']],
  ['Region__c*__c', []],
  ['*', ['Region__c', 'Regional__c', 'Zone__c']],
  ['*x*', []],
])('the pattern %s matches %j', (pattern, expected) => {
  expect(added(pattern, 'Region__c', 'Regional__c', 'Zone__c')).toEqual(expected);
});

it('a pattern of many stars is as fast as any other', () => {
  // With a regular expression this would take longer than the age of the universe.
  expect(added(`${'*a'.repeat(40)}*b`, `${'a'.repeat(200)}__c`)).toEqual([]);
});
