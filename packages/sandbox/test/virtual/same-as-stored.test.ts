import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Org, Row } from '../../src/org/types.ts';
import { sfId } from '../../src/testing/folder.ts';
import { ALL, orgOf } from '../org/folder.ts';

const OWNERS = [sfId('005', 1), sfId('005', 2)];
const VIRTUAL = { accounts: 12, shares_per_account: 3, owners: OWNERS, to: '2020-01-01T00:01:00Z' };
const ACCOUNT = ['Id', 'Name', 'OwnerId', 'CreatedDate', 'LastModifiedDate', 'SystemModstamp'];
const SHARE = ['Id', 'AccountId', 'UserOrGroupId', 'AccountAccessLevel', 'RowCause', 'LastModifiedDate'];

let generated: Org;
/** The same rows from files. */
let stored: Org;

beforeAll(async () => {
  generated = await orgOf({ 'org.json': { virtual: VIRTUAL } });
  stored = await orgOf({ 'Account.csv': csv('Account', ACCOUNT), 'AccountShare.csv': csv('AccountShare', SHARE) });
});
afterAll(() => {
  generated.close();
  stored.close();
});

function csv(object: string, columns: readonly string[]): string {
  const result = generated.query(`SELECT ${columns.join(', ')} FROM ${object}`, { all: false, visibility: ALL });
  const rows = result.page(0, result.totalSize) as Row[];
  return `${[columns.join(','), ...rows.map((row) => columns.map((column) => row[column]).join(','))].join('\n')}\n`;
}

/** Returns everything that a query answers, in pages of four. */
function answer(org: Org, soql: string): unknown {
  const result = org.query(soql, { all: false, visibility: ALL });
  const pages: unknown[] = [];
  for (let at = 0; at < result.totalSize && result.columns.length > 0; at += 4) pages.push(result.page(at, 4));
  return { total: result.totalSize, read: result.rowsRead(), columns: result.columns, pages };
}

const account = (n: number): string => `001Vr${String(n).padStart(10, '0')}IAA`;
const [third, fifth, ninth] = [account(3), account(5), account(9)];
const early = '2020-01-01T00:00:12Z';
const late = '2020-01-01T00:00:40Z';

const QUERIES = [
  'SELECT COUNT() FROM Account',
  'SELECT COUNT() FROM Account LIMIT 5',
  `SELECT COUNT(Id), MAX(LastModifiedDate) FROM AccountShare WHERE AccountId > '${third}' AND AccountId <= '${ninth}'`,
  `SELECT COUNT(Id) n, MIN(AccountId) low, MAX(Id) high FROM AccountShare WHERE LastModifiedDate >= ${early} AND LastModifiedDate < ${late}`,
  `SELECT MAX(LastModifiedDate) m FROM AccountShare WHERE AccountId < '${third}' AND AccountId > '${ninth}'`,
  'SELECT Id, Name, OwnerId, IsDeleted, ParentId FROM Account ORDER BY Id',
  `SELECT Id, Owner.Username FROM Account WHERE Id > '${third}' ORDER BY Id LIMIT 6`,
  `SELECT Id, SystemModstamp FROM Account WHERE SystemModstamp >= ${early} AND SystemModstamp < ${late} AND (SystemModstamp > ${early} OR Id > '${third}') ORDER BY SystemModstamp, Id LIMIT 5`,
  'SELECT Id FROM Account ORDER BY SystemModstamp DESC, Id DESC LIMIT 3 OFFSET 2',
  `SELECT Id, AccountId, RowCause FROM AccountShare WHERE AccountId IN ('${third}', '${ninth}') ORDER BY AccountId, Id`,
  `SELECT Id FROM AccountShare WHERE NOT (AccountId = '${fifth}' OR AccountId NOT IN ('${fifth}', '${ninth}')) ORDER BY Id`,
  `SELECT Id FROM Account WHERE Id != '${fifth}' AND OwnerId != null AND ParentId = null AND IsDeleted = false ORDER BY Id`,
  `SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id = '${fifth}'`,
];

describe('generated rows give the same answers as stored ones', () => {
  test.each(QUERIES)('%s', (soql) => {
    expect(answer(generated, soql)).toEqual(answer(stored, soql));
  });
});

describe('… also after rows were changed, erased and added', () => {
  beforeAll(() => {
    const stamp = { LastModifiedDate: '2020-01-01T00:00:20Z' };
    for (const org of [generated, stored]) {
      org.put('Account', { Id: fifth, Name: 'Changed', SystemModstamp: late, LastModifiedDate: late });
      org.put('Account', {
        Id: sfId('001', 7),
        Name: 'New',
        OwnerId: OWNERS[0] ?? null,
        SystemModstamp: early,
        ...stamp,
      });
      org.erase('Account', third);
      org.put('AccountShare', { Id: sfId('00r', 7), AccountId: ninth, RowCause: 'Rule', ...stamp });
      for (const row of org.rows('AccountShare', { AccountId: fifth }).slice(1))
        org.erase('AccountShare', String(row.Id));
    }
  });

  test.each(QUERIES)('%s', (soql) => {
    expect(answer(generated, soql)).toEqual(answer(stored, soql));
  });

  test('the change is visible', () => {
    expect(generated.count('Account')).toBe(12);
    expect(generated.count('AccountShare')).toBe(36 + 1 - 2);
    expect(generated.rows('Account', { Id: fifth })).toMatchObject([{ Name: 'Changed', OwnerId: OWNERS[1] }]);
  });
});

test('a generated row that is changed or erased while a cursor is open is answered as it is then', () => {
  const result = generated.query(`SELECT Id, Name FROM Account WHERE Id > '${ninth}' ORDER BY Id`, {
    all: false,
    visibility: ALL,
  });
  const [first, second] = result.page(0, 2) as Row[];
  generated.put('Account', { Id: String(first?.Id), Name: 'Later' });
  generated.erase('Account', String(second?.Id));
  expect(result.totalSize).toBe(2);
  expect(result.page(0, 2)).toMatchObject([{ Id: first?.Id, Name: 'Later' }]);
});

test('a change that is rolled back leaves the row generated', () => {
  const before = answer(generated, 'SELECT Id, Name FROM Account ORDER BY Id');
  const failing = () =>
    generated.transaction(() => {
      generated.put('Account', { Id: account(1), Name: 'Never' });
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(answer(generated, 'SELECT Id, Name FROM Account ORDER BY Id')).toEqual(before);
});

test('a user who does not see every row sees no generated ones', () => {
  const some = { ...ALL, everyRow: () => false };
  expect(
    generated.query('SELECT Id FROM AccountShare', { all: false, visibility: { ...some, row: () => false } }).totalSize,
  ).toBe(0);
});

test.each([
  "SELECT Id FROM Account WHERE Name = 'Account 3'",
  "SELECT Id FROM Account WHERE Name LIKE 'Account%'",
  "SELECT Id FROM Account WHERE Owner.Username = 'x'",
  'SELECT Id FROM Account WHERE SystemModstamp = TODAY',
  'SELECT Id FROM Account WHERE OwnerId IN (SELECT Id FROM User)',
  'SELECT Id FROM Account ORDER BY Name',
  'SELECT Id FROM AccountShare ORDER BY AccountId, Id DESC',
  'SELECT OwnerId, COUNT(Id) FROM Account GROUP BY OwnerId',
  'SELECT MAX(Name) FROM Account',
])('what cannot be computed is refused: %s', (soql) => {
  expect(() => generated.query(soql, { all: false, visibility: ALL })).toThrow(/the sandbox cannot/);
});

test('fifty million share rows are counted by ranges of their accounts, and paged, from their formula', async () => {
  const org = await orgOf({ 'org.json': { virtual: { accounts: 10_000_000, owners: OWNERS } } });
  try {
    const one = (soql: string): Row => org.query(soql, { all: false, visibility: ALL }).page(0, 1)[0] as Row;
    const count = 'SELECT COUNT(Id) n, MAX(LastModifiedDate) m FROM AccountShare';
    expect(one(count)).toMatchObject({ n: 50_000_000, m: '2026-01-01T00:00:00.000+0000' });
    const range = `${count} WHERE AccountId > '${account(4_999_999)}' AND AccountId <= '${account(5_019_999)}'`;
    const before = one(range);
    expect(before).toMatchObject({ n: 100_000, m: expect.stringMatching(/^2023-01-0/) });
    const share = one(
      `SELECT Id FROM AccountShare WHERE AccountId = '${account(5_000_007)}' ORDER BY AccountId, Id LIMIT 1`,
    );
    org.erase('AccountShare', String(share.Id));
    expect(one(range)).toMatchObject({ n: 99_999, m: before.m });
    expect(org.plan(range, ALL)).toMatchObject({
      sobjectCardinality: 49_999_999,
      ways: [{ leading: 'Index', scanned: 99_999 }, { leading: 'TableScan' }],
    });
    const page = org.query('SELECT Id FROM AccountShare', { all: false, visibility: ALL });
    expect(page.page(49_999_997, 2000)).toHaveLength(2);
  } finally {
    org.close();
  }
});
