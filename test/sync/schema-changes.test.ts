import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SchemaChange } from '../../src/facts/schema-changes.ts';
import { changesSince } from '../../src/sync/held-schema.ts';
import { schemaChanges } from '../../src/sync/schema-changes.ts';
import type { ReadObject, SchemaFacts } from '../../src/sync/schema-facts.ts';
import { printSchema } from '../../src/sync/schema-text.ts';
import { holds } from '../salesforce/seeded.ts';
import { anyFacts, oldLine, USUAL, usualBut } from './schema-facts.ts';

const { fields, accessFields } = USUAL.Contact as ReadObject;
const off = usualBut('Contact', { state: 'off', shares: false });
const unseen = usualBut('Contact', { state: 'unseen' });
const filtered = usualBut('Contact', { where: "Title != ''" });

const CHANGES: [string, SchemaFacts, SchemaFacts, readonly SchemaChange[]][] = [
  ['nothing', USUAL, usualBut('Contact', {}), []],
  ['an object that is switched off', USUAL, off, [{ code: 'object_off', object: 'Contact' }]],
  ['an object that is switched on', off, USUAL, [{ code: 'object_on', object: 'Contact' }]],
  ['an object that is switched on, but not visible', off, unseen, [{ code: 'object_on', object: 'Contact' }]],
  ['an object that is hidden', USUAL, unseen, [{ code: 'object_hidden', object: 'Contact' }]],
  ['an object that is visible again', unseen, USUAL, [{ code: 'object_visible', object: 'Contact' }]],
  [
    'added fields',
    USUAL,
    usualBut('Contact', { fields: [...fields, 'Fax', 'Region__c'] }),
    [{ code: 'fields_added', object: 'Contact', fields: ['Fax', 'Region__c'] }],
  ],
  [
    'a removed field that decides access',
    USUAL,
    usualBut('Contact', { accessFields: accessFields.filter((field) => field !== 'AccountId') }),
    [{ code: 'fields_removed', object: 'Contact', fields: ['AccountId'] }],
  ],
  [
    'share rows that are hidden',
    USUAL,
    usualBut('Contact', { shares: false }),
    [{ code: 'shares_hidden', object: 'Contact' }],
  ],
  [
    'share rows that are visible again, of accounts that are off',
    usualBut('Account', { state: 'off', shares: false }),
    usualBut('Account', { state: 'off', shares: true }),
    [{ code: 'shares_visible', object: 'Account' }],
  ],
  ['a filter', USUAL, filtered, [{ code: 'filter_changed', object: 'Contact', filter: "Title != ''" }]],
  ['a removed filter', filtered, USUAL, [{ code: 'filter_changed', object: 'Contact', filter: null }]],
  [
    'a title',
    USUAL,
    usualBut('Contact', { titleFields: ['Email', 'Name'] }),
    [{ code: 'title_changed', object: 'Contact' }],
  ],
  [
    'a hidden kind of contacts',
    USUAL,
    usualBut('Contact', { eitherKind: true }),
    [{ code: 'person_account_flag_hidden', object: 'Contact' }],
  ],
  [
    'a visible kind of contacts',
    usualBut('Contact', { eitherKind: true }),
    USUAL,
    [{ code: 'person_account_flag_visible', object: 'Contact' }],
  ],
  [
    'rich text',
    USUAL,
    usualBut('Contact', { richFields: ['Description'] }),
    [{ code: 'shown_differently', object: 'Contact', field: 'Description' }],
  ],
  [
    'labels',
    usualBut('Contact', { labelledFields: ['Title'] }),
    USUAL,
    [{ code: 'shown_differently', object: 'Contact', field: 'Title' }],
  ],
  [
    'another order',
    USUAL,
    usualBut('Contact', { fields: fields.toReversed() }),
    [{ code: 'field_order', object: 'Contact' }],
  ],
  [
    'an owner that is indexed',
    USUAL,
    usualBut('Contact', { fields: [...fields, 'OwnerId'] }),
    [{ code: 'field_order', object: 'Contact' }],
  ],
  [
    'several changes, in the order of the objects',
    usualBut('Contact', { shares: false }),
    { ...off, Account: { state: 'unseen' } },
    [
      { code: 'object_hidden', object: 'Account' },
      { code: 'object_off', object: 'Contact' },
    ],
  ],
];

describe('a change', () => {
  it.each(CHANGES)('%s', (_, before, after, changes) => {
    expect(schemaChanges(before, after)).toEqual(changes);
  });

  it.each(CHANGES)('%s, if the index has the text', (_, before, after, changes) => {
    expect(changesSince(printSchema(before), { facts: after })).toEqual(changes);
  });

  it.each(CHANGES)('%s, if the index has the line of an earlier release', (_, before, after, changes) => {
    expect(changesSince(oldLine(before), { facts: after })).toEqual(changes);
  });

  it('is reported exactly if two selections differ', () => {
    holds(
      'test/sync/schema-changes.test.ts',
      fc.property(anyFacts, anyFacts, (before, other) => {
        // At most one object differs: many changes would hide that one is not reported.
        const after = { ...before, Contact: other.Contact };
        const isSame = printSchema(before) === printSchema(after);
        expect(schemaChanges(before, after).length === 0).toBe(isSame);
        expect(schemaChanges(before, before)).toEqual([]);
      }),
    );
  });
});
