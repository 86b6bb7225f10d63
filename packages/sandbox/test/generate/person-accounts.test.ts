import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateOrg } from '../../src/generate/generate-org.ts';
import { openOrg } from '../../src/org/open.ts';
import type { Org, Row } from '../../src/org/types.ts';
import { generated, withTemporary } from './folder.ts';

const ACCOUNTS = 300;
const PERCENT = 40;
const SEED = Number(process.env.GENERATE_SEED ?? 1);

let org: Org;
let accounts: Row[];
let contacts: Row[];
beforeAll(async () => {
  org = await withTemporary(async (folder) => {
    generateOrg({ folder, accounts: ACCOUNTS, seed: SEED, personPercent: PERCENT });
    return openOrg(folder);
  });
  accounts = org.rows('Account');
  contacts = org.rows('Contact');
});
afterAll(() => org?.close());

const people = (): Row[] => accounts.filter((row) => row.IsPersonAccount === true);

test('about the requested percentage of accounts are people, and the rest are companies', () => {
  expect(people().length).toBeGreaterThan(((PERCENT - 12) * ACCOUNTS) / 100);
  expect(people().length).toBeLessThan(((PERCENT + 12) * ACCOUNTS) / 100);
  expect(accounts.filter((row) => row.IsPersonAccount === false)).toHaveLength(ACCOUNTS - people().length);
});

test('each has two halves that name each other and have the same values', () => {
  const halves = people().map((account) => {
    const own = contacts.filter((contact) => contact.AccountId === account.Id);
    return { account, contact: own[0], count: own.length };
  });
  expect(halves.filter(({ count }) => count !== 1)).toEqual([]);
  const odd = halves.filter(
    ({ account, contact }) =>
      account.PersonContactId !== contact?.Id ||
      contact?.IsPersonAccount !== true ||
      ['Name', 'LastName', 'Phone', 'OwnerId', 'IsDeleted', 'SystemModstamp'].some(
        (field) => account[field] !== contact[field],
      ) ||
      account.PersonEmail !== contact.Email ||
      account.PersonMailingCity !== contact.MailingCity ||
      account.Language__pc !== contact.Language__c,
  );
  expect(odd).toEqual([]);
  expect(halves.every(({ account }) => account.ParentId === null && account.Industry === null)).toBe(true);
});

test('no company and no company’s contact is marked as a person', () => {
  const personIds = new Set(people().map((row) => row.Id));
  const marked = contacts.filter((row) => (row.IsPersonAccount === true) !== personIds.has(row.AccountId ?? null));
  expect(marked).toEqual([]);
  expect(
    accounts.filter((row) => row.IsPersonAccount === false && (row.PersonContactId ?? row.PersonEmail) !== null),
  ).toEqual([]);
});

test('people have cases, deals and shares as companies do, and their own record type', () => {
  const personIds = new Set(people().map((row) => row.Id));
  for (const object of ['Case', 'Opportunity', 'AccountShare'])
    expect(
      org.rows(object).some((row) => personIds.has(row.AccountId ?? null)),
      object,
    ).toBe(true);
  const types = new Map(org.rows('RecordType').map((row) => [row.Id, row.IsPersonType]));
  expect(people().every((row) => types.get(row.RecordTypeId ?? null) === 'true')).toBe(true);
  expect(new Set(org.rows('FieldPermissions').map((row) => row.Field))).toContain('Account.PersonEmail');
});

test('without person accounts the org has none of their fields', async () => {
  const files = await generated(20, SEED);
  expect(Object.keys(files)).not.toContain('RecordType.csv');
  for (const text of Object.values(files)) expect(text).not.toMatch(/Person[A-Z]|IsPersonAccount|__pc/);
});
