import { expect, it } from 'vitest';
import { hasPersonAccounts, mayHavePersonAccounts } from '../../src/access/person-accounts.ts';
import type { ObjectName } from '../../src/objects/index.ts';

type Given = Partial<Record<ObjectName, readonly string[] | null>>;

const described = (given: Given) => (object: ObjectName) =>
  given[object] === null ? null : (given[object] ?? ['Name']).map((name) => ({ name }));

it.each<[string, Given, boolean, boolean]>([
  ['no person account field', {}, false, false],
  ['IsPersonAccount of accounts', { Account: ['Name', 'IsPersonAccount'] }, true, true],
  ['PersonContactId of accounts', { Account: ['PersonContactId'] }, true, true],
  ['IsPersonAccount of contacts', { Contact: ['IsPersonAccount'] }, true, true],
  ['a person account field on another object', { Lead: ['IsPersonAccount'] }, false, false],
  ['accounts that are not described', { Account: null }, false, true],
  ['contacts that are not described', { Contact: null }, false, true],
  [
    'contacts that are not described, and accounts with a person account field',
    { Account: ['PersonContactId'], Contact: null },
    true,
    true,
  ],
])('an org that shows %s: has person accounts %j %s, may have them %s', (_, given, has, may) => {
  expect([hasPersonAccounts(described(given)), mayHavePersonAccounts(described(given))]).toEqual([has, may]);
});
