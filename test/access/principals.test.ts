import { expect, test } from 'vitest';
import { holderOf } from '../../src/access/markers.ts';
import type { AccountFacts } from '../../src/access/types.ts';
import type { TestRecord } from './org.ts';
import { principalsOf, share } from './org.ts';

const account: AccountFacts = {
  ownerId: '005boss',
  shares: [
    share('00Gaccounts', ['Account']),
    share('00Gcontacts', ['Contact']),
    share('00Gcases', ['Case']),
    share('00Gopportunities', ['Opportunity']),
    share('005fsc', ['Account', 'Contact', 'Case', 'Opportunity'], 'CompliantDataSharing'),
    share('005none', []),
  ],
};
const contact: TestRecord = {
  object: 'Contact',
  ownerId: '005own',
  accountId: '001a',
  account,
  shares: [share('00Gteam', ['Contact'])],
};
const opportunity: TestRecord = {
  object: 'Opportunity',
  ownerId: '005own',
  accountId: '001a',
  account,
  shares: [share('00Gteam', ['Opportunity'])],
};

test.each<[string, TestRecord, string[]]>([
  [
    'an account carries its owner, its rows that open accounts and the marker of its default',
    { object: 'Account', ownerId: '005boss', shares: account.shares },
    ['005boss', '00Gaccounts', '=005fsc', '@compliant', '@open:Account'],
  ],
  [
    'an account takes nothing from a parent account',
    { object: 'Account', ownerId: '005own', accountId: '001parent', account },
    ['005own', '@open:Account'],
  ],
  [
    "a lead carries its owner even if the owner's row is missing",
    { object: 'Lead', ownerId: '005own' },
    ['005own', '@open:Lead'],
  ],
  [
    'a lead carries each principal once',
    { object: 'Lead', ownerId: '005own', shares: [share('005own', ['Lead']), share('005own', ['Lead'], 'Owner')] },
    ['005own', '@open:Lead'],
  ],
  [
    'a case carries the queue that owns it',
    { object: 'Case', ownerId: '00Gqueue', shares: [share('00Gqueue', ['Case'], 'Owner')] },
    ['00Gqueue', '@open:Case'],
  ],
  [
    "a case carries the account's rows that open cases, but neither the account's owner nor its other rows",
    { object: 'Case', ownerId: '005own', accountId: '001a', account },
    ['005own', '00Gcases', '=005fsc', '@compliant', '@open:Case'],
  ],
  [
    'a case without an account takes nothing from an account',
    { object: 'Case', ownerId: '005own', account },
    ['005own', '@open:Case'],
  ],
  [
    'a case whose account is unknown takes nothing from it',
    { object: 'Case', ownerId: '005own', accountId: '001a' },
    ['005own', '@open:Case'],
  ],
  [
    'an opportunity carries its rows and the account’s rows that open opportunities',
    opportunity,
    ['005own', '00Gopportunities', '00Gteam', '=005fsc', '@compliant', '@open:Opportunity'],
  ],
  ['a private opportunity carries only its owner', { ...opportunity, isPrivate: true }, ['005own']],
  [
    'a Compliant Data Sharing row reaches only its user',
    { object: 'Lead', shares: [share('005fsc', ['Lead'], 'CompliantDataSharing'), share('005amy', ['Lead'], 'Rule')] },
    ['005amy', '=005fsc', '@compliant', '@open:Lead'],
  ],
  ['a row that opens nothing is not carried', { object: 'Lead', shares: [share('005amy', [])] }, ['@open:Lead']],
  ['a record without owner and rows carries only its marker', { object: 'Lead' }, ['@open:Lead']],
])('%s', (_, record, expected) => {
  expect(principalsOf(record, 'own')).toEqual(expected);
  expect(principalsOf(record, 'controlled')).toEqual(expected);
});

test.each<[string, TestRecord, 'own' | 'controlled', string[]]>([
  [
    'a controlled contact carries what reaches its account, nothing of its own, and never the open marker',
    contact,
    'controlled',
    ['005boss', '00Gaccounts', '@account', '@account=005fsc', '@compliant'],
  ],
  [
    "near miss: a contact with its own sharing carries its owner, its rows and the account's rows for contacts",
    contact,
    'own',
    ['005own', '00Gcontacts', '00Gteam', '@account=005fsc', '@compliant', '@open:Contact'],
  ],
  [
    "a person account's contact follows its account even if contacts have their own sharing",
    { ...contact, isPersonAccount: true },
    'own',
    ['@account', '@compliant', '@person:005boss', '@person:00Gaccounts', '@person:@account=005fsc'],
  ],
  [
    'a controlled contact whose account is unknown is found by those who read every account',
    { ...contact, account: null },
    'controlled',
    ['@account'],
  ],
  [
    "a controlled contact whose account is not indexed has the account's rows",
    { ...contact, account: { ...account, ownerId: null } },
    'controlled',
    ['00Gaccounts', '@account', '@account=005fsc', '@compliant'],
  ],
  ['a contact without an account is owner-only', { ...contact, accountId: null }, 'controlled', ['=005own']],
  [
    'a contact without an account is owner-only even if contacts have their own sharing',
    { ...contact, accountId: null },
    'own',
    ['=005own'],
  ],
  ['a contact without account and owner reaches nobody', { object: 'Contact' }, 'own', []],
])('%s', (_, record, contacts, expected) => {
  expect(principalsOf(record, contacts)).toEqual(expected);
});

test.each([
  ['005amy', '005amy'],
  ['00Gqueue', '00Gqueue'],
  ['=005amy', '005amy'],
  ['@account=005amy', '005amy'],
  ['@person:00Gqueue', '00Gqueue'],
  ['@person:@account=005amy', '005amy'],
  ['@open:Lead', null],
  ['@account', null],
  ['@compliant', null],
])('the principal %s names the holder %s', (principal, holder) => {
  expect(holderOf(principal)).toBe(holder);
});
