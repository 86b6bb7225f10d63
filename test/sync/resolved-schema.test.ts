import { describe, expect, it } from 'vitest';
import { OBJECTS, objectNamed } from '../../src/objects/index.ts';
import { DEFAULT_SETTINGS, type ObjectSettings, type SettingsByObject } from '../../src/objects/settings.ts';
import { schemaChangesText } from '../../src/sentences/schema-changes.ts';
import { filterChanges } from '../../src/sync/held-schema.ts';
import { resolveFields } from '../../src/sync/resolved-schema.ts';
import { schemaChanges } from '../../src/sync/schema-changes.ts';
import { printSchema } from '../../src/sync/schema-text.ts';
import { wishes } from './wishes.ts';

const choice = (given: Partial<ObjectSettings>): ObjectSettings => ({ ...DEFAULT_SETTINGS, ...given });

/** Every object with its default fields, and these additional ones of Account. */
function selected(
  settings: SettingsByObject,
  more: Readonly<Record<string, string>> = {},
  without: readonly string[] = [],
) {
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
  return resolveFields(new Map(described), wishes({ settings }));
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
    ['nothing chosen: the default ones', {}, usual, []],
    ['one by name', { add: ['Region__c'] }, [...usual, 'Region__c'], []],
    ['one in any case', { add: ['region__C'] }, [...usual, 'Region__c'], []],
    ['by pattern', { add: ['Ext_*__c'] }, [...usual, 'Ext_A__c', 'Ext_B__c'], []],
    ['a pattern takes no field twice, and no field that is not text', { add: ['*', 'Ext_A__c'] }, null, []],
    ['one left out', { leaveOut: ['Fax'] }, usual.filter((field) => field !== 'Fax'), []],
    ['a pattern with an exception', { add: ['Ext_*'], leaveOut: ['Ext_B__c'] }, [...usual, 'Ext_A__c'], []],
    [
      'a missing one names the nearest',
      { add: ['Regoin__c'] },
      usual,
      [{ code: 'field_unknown', object: 'Account', field: 'Regoin__c', near: ['Region__c'], count: 1 }],
    ],
    [
      'a pattern without a match',
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

  it('leave out one that disappears from the org, and report it', () => {
    const { objects, gaps } = selected({ Account: choice({ add: ['Region__c'] }) });
    expect(objects.Account.fields).toEqual(usual);
    expect(gaps).toMatchObject([{ code: 'field_unknown', object: 'Account', field: 'Region__c' }]);
  });

  it('do not miss a default one that is left out, but miss one that is not visible', () => {
    const { objects } = selected({ Account: choice({ leaveOut: ['Fax'] }) }, {}, ['Account.Fax', 'Account.Phone']);
    expect(objects.Account.missing).toEqual(['Phone']);
  });

  it('have the title before the default ones', () => {
    const { indexed } = selected({ Account: choice({ title: 'Region__c' }) }, MORE);
    expect(indexed.titleFields.Account).toEqual(['Region__c', 'Name']);
    expect(indexed.fields.Account).toContain('Region__c');
  });
});

describe('an object that is off', () => {
  it('is not read, and neither are its shares', () => {
    const { objects, indexed } = selected({ Lead: choice({ on: false }) });
    expect(objects.Lead).toMatchObject({ on: false, readable: false, shareColumns: null });
    expect(indexed.fields.Lead).toEqual([]);
  });

  it("except Account's shares, which give access to its children", () => {
    const { objects } = selected({ Account: choice({ on: false }) });
    expect(objects.Account).toMatchObject({ on: false, readable: false });
    expect(objects.Account.shareColumns).toContain('UserOrGroupId');
  });
});

describe('a change', () => {
  const defaultSchema = selected({}, MORE);
  const where = "Type != 'a;b:c,d'";
  it.each([
    [
      'an added field',
      { Account: choice({ add: ['Region__c'] }) },
      [{ code: 'fields_added', object: 'Account', fields: ['Region__c'] }],
      'Account gains Region__c',
      [],
    ],
    [
      'a removed field',
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
      'Account has a different title',
      [],
    ],
    ['nothing', {}, [], '', []],
  ] as const)('is reported: %s', (_, settings, changes, told, filters) => {
    const schema = selected(settings, MORE);
    const found = schemaChanges(defaultSchema.facts, schema.facts);
    expect(found).toEqual(changes);
    expect(schemaChangesText(found)).toBe(told);
    expect(filterChanges(printSchema(defaultSchema.facts), schema)).toEqual(filters);
  });

  it('is reported when it is undone', () => {
    const backFrom = (settings: SettingsByObject) => schemaChanges(selected(settings, MORE).facts, defaultSchema.facts);
    const on = backFrom({ Lead: choice({ on: false }) });
    expect(on).toEqual([{ code: 'object_on', object: 'Lead' }]);
    expect(schemaChangesText(on)).toBe('Lead is switched on');
    const all = backFrom({ Lead: choice({ where: 'IsConverted = false' }) });
    expect(all).toEqual([{ code: 'filter_changed', object: 'Lead', filter: null }]);
    expect(schemaChangesText(all)).toBe('Lead is no longer filtered');
  });
});
