import { afterEach, beforeEach, expect, test } from 'vitest';
import { OrgChangeError } from '../../src/org/errors.ts';
import type { Org } from '../../src/org/types.ts';
import { ALL, orgOf } from './folder.ts';

const ID = '001000000000001AAA';
let org: Org;

beforeEach(async () => {
  org = await orgOf({ 'Account.csv': `Id,Name,CreatedDate\n${ID},Old,2026-01-01T00:00:00Z\n` });
});

afterEach(() => org.close());

function names(soql: string, all = false): unknown[] {
  const result = org.query(soql, { all, visibility: ALL });
  return result.page(0, result.totalSize).map((record) => (record as { Name: unknown }).Name);
}

/** Returns the org's clock, plus `moved` milliseconds, as a whole second, because it runs during a test. */
function second(moved = 0): number {
  return Math.floor((org.now().getTime() + moved) / 1000);
}

function stampOf(row: object | undefined, name: string): number {
  const stamps = new Map(Object.entries(row ?? {}));
  return Date.parse(String(stamps.get(name)).replace('+0000', 'Z')) / 1000;
}

test('a changed row has its new values and a new stamp, and keeps its other fields', () => {
  const before = second();
  org.put('Account', { Id: ID, Name: 'New' });
  expect(names('SELECT Name FROM Account')).toEqual(['New']);
  const [row] = org.rows('Account', { Id: ID });
  expect(row?.CreatedDate).toBe('2026-01-01T00:00:00.000+0000');
  expect(stampOf(row, 'SystemModstamp')).toBeGreaterThanOrEqual(before);
  expect(row?.LastModifiedDate).toBe(row?.SystemModstamp);
});

test('an explicit stamp is kept', () => {
  org.put('Account', { Id: ID, SystemModstamp: '2026-05-01T00:00:00.000Z' });
  expect(org.rows('Account')).toMatchObject([{ SystemModstamp: '2026-05-01T00:00:00.000+0000' }]);
});

test('a new row gets the fields that every row has', () => {
  org.put('Account', { Id: '001000000000002', Name: 'Second' });
  const [row] = org.rows('Account', { Id: '001000000000002AAA' });
  expect(row).toMatchObject({ Name: 'Second', IsDeleted: false, Industry: null });
  expect(row?.CreatedDate).toBe(row?.SystemModstamp);
});

test('only queryAll finds a deleted row, and nothing finds an erased one', () => {
  org.put('Account', { Id: ID, IsDeleted: true });
  expect(names('SELECT Name FROM Account')).toEqual([]);
  expect(names('SELECT Name FROM Account', true)).toEqual(['Old']);
  expect(names('SELECT Name FROM Account ALL ROWS')).toEqual(['Old']);
  org.erase('Account', ID);
  expect(names('SELECT Name FROM Account', true)).toEqual([]);
});

test('stamps follow the clock when it is advanced', () => {
  const before = second();
  org.advanceClock(3600);
  org.put('Account', { Id: ID, Name: 'Later' });
  const [row] = org.rows('Account');
  expect(stampOf(row, 'SystemModstamp')).toBeGreaterThanOrEqual(before + 3600);
  expect(stampOf(row, 'SystemModstamp')).toBeLessThanOrEqual(second());
});

test('every change moves the revision', () => {
  const seen = [org.revision];
  org.put('Account', { Id: ID, Name: 'x' });
  seen.push(org.revision);
  org.advanceClock(1);
  seen.push(org.revision);
  org.erase('Account', ID);
  seen.push(org.revision);
  expect(new Set(seen).size).toBe(4);
});

test('rows are found by values of every type, including null', () => {
  org.put('Account', { Id: '001000000000002AAA', NumberOfEmployees: 7, Industry: 'Energy' });
  const found = (where: Parameters<Org['rows']>[1]) => org.rows('Account', where).map((row) => row.Id);
  expect(found({ NumberOfEmployees: 7 })).toEqual(['001000000000002AAA']);
  expect(found({ Industry: null })).toEqual([ID]);
  expect(found({ IsDeleted: false, CreatedDate: '2026-01-01T00:00:00.000+0000' })).toEqual([ID]);
  expect(found({ IsDeleted: true })).toEqual([]);
});

test.each([
  ['an unknown object', 'Nope', { Id: ID }, /no sObject Nope/],
  ['an unknown field', 'Account', { Id: ID, Nope__c: 'x' }, /Account has no field Nope__c/],
  ['a row without an Id', 'Account', { Name: 'x' }, /needs its Id/],
  [
    'a value of the wrong type',
    'Account',
    { Id: ID, NumberOfEmployees: 'many' },
    /NumberOfEmployees: this is not a number/,
  ],
  ['a number for text', 'Account', { Id: ID, Name: 5 }, /Account\.Name: this is a number/],
] as const)('%s is refused', (_name, object, row, message) => {
  expect(() => org.put(object, row)).toThrow(OrgChangeError);
  expect(() => org.put(object, row)).toThrow(message);
  expect(names('SELECT Name FROM Account')).toEqual(['Old']);
});

test('a missing row cannot be erased', () => {
  expect(() => org.erase('Account', '001000000000009AAA')).toThrow(/Account has no row 001000000000009AAA/);
});
