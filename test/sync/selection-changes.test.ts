import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesSince } from '../../src/sync/held-selection.ts';
import { type SelectionChange, selectionChanges } from '../../src/sync/selection-changes.ts';
import type { ReadObject, SelectionFacts } from '../../src/sync/selection-facts.ts';
import { printSelection } from '../../src/sync/selection-text.ts';
import { holds } from '../salesforce/seeded.ts';
import { anyFacts, oldLine, USUAL, usualBut } from './selection-facts.ts';

const { fields, accessFields } = USUAL.Contact as ReadObject;
const off = usualBut('Contact', { state: 'off', shares: false });
const unseen = usualBut('Contact', { state: 'unseen' });
const filtered = usualBut('Contact', { where: "Title != ''" });

const CHANGES: [string, SelectionFacts, SelectionFacts, readonly SelectionChange[]][] = [
  ['nothing', USUAL, usualBut('Contact', {}), []],
  ['an object that is switched off', USUAL, off, [{ code: 'object_off', object: 'Contact' }]],
  ['an object that is switched on', off, USUAL, [{ code: 'object_on', object: 'Contact' }]],
  ['an object that is switched on, and not seen', off, unseen, [{ code: 'object_on', object: 'Contact' }]],
  ['an object that is hidden', USUAL, unseen, [{ code: 'object_hidden', object: 'Contact' }]],
  ['an object that is seen again', unseen, USUAL, [{ code: 'object_visible', object: 'Contact' }]],
  [
    'fields more',
    USUAL,
    usualBut('Contact', { fields: [...fields, 'Fax', 'Region__c'] }),
    [{ code: 'fields_added', object: 'Contact', fields: ['Fax', 'Region__c'] }],
  ],
  [
    'a field less that decides on access',
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
    'share rows that are seen again, of accounts that are off',
    usualBut('Account', { state: 'off', shares: false }),
    usualBut('Account', { state: 'off', shares: true }),
    [{ code: 'shares_visible', object: 'Account' }],
  ],
  ['a filter', USUAL, filtered, [{ code: 'filter_changed', object: 'Contact', filter: "Title != ''" }]],
  ['no filter any more', filtered, USUAL, [{ code: 'filter_changed', object: 'Contact', filter: null }]],
  [
    'a title',
    USUAL,
    usualBut('Contact', { titleFields: ['Email', 'Name'] }),
    [{ code: 'title_changed', object: 'Contact' }],
  ],
  [
    'a kind that is hidden',
    USUAL,
    usualBut('Contact', { eitherKind: true }),
    [{ code: 'person_account_flag_hidden', object: 'Contact' }],
  ],
  [
    'a kind that is seen',
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
    expect(selectionChanges(before, after)).toEqual(changes);
  });

  it.each(CHANGES)('%s, where the index holds the text', (_, before, after, changes) => {
    expect(changesSince(printSelection(before), { facts: after })).toEqual(changes);
  });

  it.each(CHANGES)('%s, where the index holds the line of an earlier release', (_, before, after, changes) => {
    expect(changesSince(oldLine(before), { facts: after })).toEqual(changes);
  });

  it('is told wherever two selections are not the same, and nowhere else', () => {
    holds(
      'test/sync/selection-changes.test.ts',
      fc.property(anyFacts, anyFacts, (before, other) => {
        // One object at most is another: many changes would hide that one of them is not told.
        const after = { ...before, Contact: other.Contact };
        const isSame = printSelection(before) === printSelection(after);
        expect(selectionChanges(before, after).length === 0).toBe(isSame);
        expect(selectionChanges(before, before)).toEqual([]);
      }),
    );
  });
});
