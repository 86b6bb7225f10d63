import { describe, expect, it } from 'vitest';
import { type Choices, type ObjectChoice, USUAL_CHOICE } from '../../src/objects/choice.ts';
import { OBJECTS, objectNamed } from '../../src/objects/index.ts';
import { selectionChangesText } from '../../src/sentences/selection-changes.ts';
import { filterChanges } from '../../src/sync/held-selection.ts';
import { selectFields } from '../../src/sync/selection.ts';
import { selectionChanges } from '../../src/sync/selection-changes.ts';
import { printSelection } from '../../src/sync/selection-text.ts';

const choice = (given: Partial<ObjectChoice>): ObjectChoice => ({ ...USUAL_CHOICE, ...given });

/** Every object with its usual fields and these more of Account. */
function selected(choices: Choices, more: Readonly<Record<string, string>> = {}, without: readonly string[] = []) {
  const field = (name: string, type = 'string') => ({ name, type, permissionable: true, compoundFieldName: null });
  const described = OBJECTS.flatMap((object) => [
    [
      object.name,
      {
        name: object.name,
        fields: [
          ...['Id', 'CreatedDate', ...object.fields, ...object.accessFields].map((name) => field(name)),
          ...(object.name === 'Account' ? Object.entries(more).map(([name, type]) => field(name, type)) : []),
        ].filter(({ name }) => !without.includes(`${object.name}.${name}`)),
      },
    ] as const,
    [
      object.share.object,
      {
        name: object.share.object,
        fields: ['Id', object.share.parentField, 'UserOrGroupId', object.share.levelField, 'RowCause'].map((name) =>
          field(name),
        ),
      },
    ] as const,
  ]);
  return selectFields(new Map(described), choices);
}

const usual = objectNamed('Account').fields;
const MORE = {
  Region__c: 'picklist',
  Ext_A__c: 'string',
  Ext_B__c: 'string',
  Place__c: 'location',
  Secret__c: 'encryptedstring',
};

describe('fields', () => {
  it.each([
    ['nothing chosen: the usual ones', {}, usual, []],
    ['one by name', { add: ['Region__c'] }, [...usual, 'Region__c'], []],
    ['whatever its case', { add: ['region__C'] }, [...usual, 'Region__c'], []],
    ['by pattern', { add: ['Ext_*__c'] }, [...usual, 'Ext_A__c', 'Ext_B__c'], []],
    ['a pattern takes no field twice, nor what is no text', { add: ['*', 'Ext_A__c'] }, null, []],
    ['one left out', { leaveOut: ['Fax'] }, usual.filter((field) => field !== 'Fax'), []],
    ['a pattern, but for one', { add: ['Ext_*'], leaveOut: ['Ext_B__c'] }, [...usual, 'Ext_A__c'], []],
    [
      'one that is not there names the nearest',
      { add: ['Regoin__c'] },
      usual,
      [{ code: 'field_unknown', object: 'Account', field: 'Regoin__c', near: ['Region__c'], count: 1 }],
    ],
    [
      'a pattern that nothing fits',
      { add: ['Foreign*Extension__c'] },
      usual,
      [{ code: 'field_unknown', object: 'Account', field: 'Foreign*Extension__c', near: [], count: 1 }],
    ],
    [
      'an encrypted one is not indexed',
      { add: ['Secret__c'] },
      usual,
      [{ code: 'field_not_indexable', object: 'Account', field: 'Secret__c', type: 'encryptedstring', count: 1 }],
    ],
  ] as const)('%s', (_, given, fields, expected) => {
    const { objects, indexed, gaps } = selected({ Account: choice(given) }, MORE);
    expect(objects.Account.fields).toEqual(fields ?? [...usual, 'OwnerId', 'Region__c', 'Ext_A__c', 'Ext_B__c']);
    expect(indexed.fields.Account).toEqual(objects.Account.fields);
    expect(gaps).toEqual(expected);
  });

  it('one that vanishes from the org is left out and told', () => {
    const { objects, gaps } = selected({ Account: choice({ add: ['Region__c'] }) });
    expect(objects.Account.fields).toEqual(usual);
    expect(gaps).toMatchObject([{ code: 'field_unknown', object: 'Account', field: 'Region__c' }]);
  });

  it('a usual one that is left out is not missed; another that is not seen is', () => {
    const { objects } = selected({ Account: choice({ leaveOut: ['Fax'] }) }, {}, ['Account.Fax', 'Account.Phone']);
    expect(objects.Account.missing).toEqual(['Phone']);
  });

  it('the title comes before the usual ones', () => {
    const { indexed } = selected({ Account: choice({ title: 'Region__c' }) }, MORE);
    expect(indexed.titleFields.Account).toEqual(['Region__c', 'Name']);
    expect(indexed.fields.Account).toContain('Region__c');
  });
});

describe('an object that is off', () => {
  it('is not read, nor are its shares', () => {
    const { objects, indexed } = selected({ Lead: choice({ on: false }) });
    expect(objects.Lead).toMatchObject({ on: false, readable: false, shareColumns: null });
    expect(indexed.fields.Lead).toEqual([]);
  });

  it("but for Account's shares, which open its children", () => {
    const { objects } = selected({ Account: choice({ on: false }) });
    expect(objects.Account).toMatchObject({ on: false, readable: false });
    expect(objects.Account.shareColumns).toContain('UserOrGroupId');
  });
});

describe('a change', () => {
  const usualSelection = selected({}, MORE);
  const where = "Type != 'a;b:c,d'";
  it.each([
    [
      'a field more',
      { Account: choice({ add: ['Region__c'] }) },
      [{ code: 'fields_added', object: 'Account', fields: ['Region__c'] }],
      'Account gains Region__c',
      [],
    ],
    [
      'a field less',
      { Account: choice({ leaveOut: ['Fax'] }) },
      [{ code: 'fields_removed', object: 'Account', fields: ['Fax'] }],
      'Account loses Fax',
      [],
    ],
    ['off', { Lead: choice({ on: false }) }, [{ code: 'object_off', object: 'Lead' }], 'Lead is switched off', []],
    [
      'a filter',
      { Account: choice({ where }) },
      [{ code: 'filter_changed', object: 'Account', filter: where }],
      `Account is filtered by ${where}`,
      ['Account'],
    ],
    [
      'a title',
      { Account: choice({ title: 'Fax' }) },
      [
        { code: 'title_changed', object: 'Account' },
        { code: 'field_order', object: 'Account' },
      ],
      'Account has another title',
      [],
    ],
    ['nothing', {}, [], '', []],
  ] as const)('%s is told', (_, choices, changes, told, filters) => {
    const selection = selected(choices, MORE);
    const found = selectionChanges(usualSelection.facts, selection.facts);
    expect(found).toEqual(changes);
    expect(selectionChangesText(found)).toBe(told);
    expect(filterChanges(printSelection(usualSelection.facts), selection)).toEqual(filters);
  });

  it('back is told too', () => {
    const backFrom = (choices: Choices) => selectionChanges(selected(choices, MORE).facts, usualSelection.facts);
    const on = backFrom({ Lead: choice({ on: false }) });
    expect(on).toEqual([{ code: 'object_on', object: 'Lead' }]);
    expect(selectionChangesText(on)).toBe('Lead is switched on');
    const all = backFrom({ Lead: choice({ where: 'IsConverted = false' }) });
    expect(all).toEqual([{ code: 'filter_changed', object: 'Lead', filter: null }]);
    expect(selectionChangesText(all)).toBe('Lead is no longer filtered');
  });
});
