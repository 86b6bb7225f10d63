import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { costSettings } from '../../src/costs/settings.ts';
import type { Org } from '../../src/org/types.ts';
import { sfId } from '../../src/testing/folder.ts';
import { ALL, orgOf } from '../org/folder.ts';

const COUNT = 1000;
const account = (n: number): string => sfId('001', n);
/** Returns minute n. Record n was changed in that minute, and has one share row. */
const minute = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();

let org: Org;
beforeAll(async () => {
  const numbers = Array.from({ length: COUNT }, (_, n) => n);
  const accounts = numbers.map((n) => `${account(n)},${n % 10},${minute(n)},${minute(n)}`);
  const shares = numbers.map((n) => `${sfId('00r', n)},${account(n)},${minute(n)}`);
  org = await orgOf({
    'Account.csv': `Id,Industry,SystemModstamp,LastModifiedDate\n${accounts.join('\n')}\n`,
    'AccountShare.csv': `Id,AccountId,LastModifiedDate\n${shares.join('\n')}\n`,
  });
});
afterAll(() => org.close());
beforeEach(() => setCosts({}));

function setCosts(costs: object): void {
  org.costs = costSettings.parse(costs);
}

function best(soql: string) {
  const [way] = org.plan(soql, ALL).ways;
  return { leading: way?.leading, fields: way?.fields, scanned: Math.round(way?.scanned ?? 0) };
}

const scan = { leading: 'TableScan', fields: [], scanned: COUNT };
const byIndex = (scanned: number, ...fields: string[]) => ({ leading: 'Index', fields, scanned });
const late = minute(900);

test.each([
  ['an Id', `SELECT Id FROM Account WHERE Id = '${account(7)}'`, byIndex(1, 'Id')],
  ['a range of stamps', `SELECT Id FROM Account WHERE SystemModstamp >= ${late}`, byIndex(100, 'SystemModstamp')],
  [
    'both bounds of one field',
    `SELECT COUNT(Id) FROM Account WHERE SystemModstamp >= ${minute(100)} AND SystemModstamp < ${minute(150)}`,
    byIndex(50, 'SystemModstamp'),
  ],
  [
    'the parents of shares',
    `SELECT COUNT(Id), MAX(LastModifiedDate) FROM AccountShare WHERE AccountId > '${account(99)}' AND AccountId <= '${account(199)}'`,
    byIndex(100, 'AccountId'),
  ],
  [
    'a list',
    `SELECT Id FROM AccountShare WHERE AccountId IN ('${account(1)}', '${account(2)}')`,
    byIndex(2, 'AccountId'),
  ],
  [
    'the better of two indexes',
    `SELECT Id FROM Account WHERE SystemModstamp >= ${late} AND Id <= '${account(902)}' AND Id > '${account(880)}'`,
    byIndex(22, 'Id'),
  ],
  [
    'a lower bound on LastModifiedDate',
    `SELECT Id FROM Account WHERE LastModifiedDate >= ${late}`,
    byIndex(100, 'SystemModstamp'),
  ],
  ['an alias', `SELECT a.Id FROM Account a WHERE a.SystemModstamp >= ${late}`, byIndex(100, 'SystemModstamp')],
])('an index serves %s', (_what, soql, expected) => {
  expect(best(soql)).toEqual(expected);
});

test.each([
  ['no filter', 'SELECT COUNT() FROM Account'],
  ['an upper bound on LastModifiedDate', `SELECT Id FROM Account WHERE LastModifiedDate < ${minute(50)}`],
  ['any bound on a share’s LastModifiedDate', `SELECT Id FROM AccountShare WHERE LastModifiedDate >= ${late}`],
  ['a field without an index', "SELECT Id FROM Account WHERE Industry = '3'"],
  ['an inequality', `SELECT Id FROM Account WHERE Id != '${account(7)}'`],
  ['a missing value', 'SELECT Id FROM Account WHERE OwnerId = null'],
  ['a negated list', `SELECT Id FROM Account WHERE Id NOT IN ('${account(7)}')`],
  ['an OR', `SELECT Id FROM Account WHERE Id = '${account(7)}' OR SystemModstamp >= ${late}`],
  ['a range of more than 30%', `SELECT Id FROM Account WHERE SystemModstamp >= ${minute(699)}`],
  ['a keyset written with OR', keyset()],
])('no index serves %s', (_what, soql) => {
  expect(best(soql)).toEqual(scan);
});

function keyset(): string {
  const after = `(SystemModstamp = ${late} AND Id > '${account(900)}') OR SystemModstamp > ${late}`;
  return `SELECT Id FROM Account WHERE (${after}) AND SystemModstamp < ${minute(5000)} ORDER BY SystemModstamp, Id LIMIT 20`;
}

test('an OR uses the indexes of its sides if the org allows it and each side has one', () => {
  setCosts({ or_uses_index: true });
  const both = `SELECT Id FROM Account WHERE Id = '${account(7)}' OR SystemModstamp >= ${late}`;
  expect(best(both)).toEqual(byIndex(101, 'Id', 'SystemModstamp'));
  expect(best(`SELECT Id FROM Account WHERE Id = '${account(7)}' OR Industry = '3'`)).toEqual(scan);
});

test.each([
  ['everything', 'SELECT Id FROM Account ORDER BY SystemModstamp DESC LIMIT 1', byIndex(1, 'SystemModstamp')],
  ['a range of any size', `SELECT Id FROM Account WHERE Id > '${account(9)}' ORDER BY Id LIMIT 20`, byIndex(20, 'Id')],
  [
    'a keyset between two bounds',
    `SELECT Id FROM Account WHERE SystemModstamp >= ${minute(9)} AND SystemModstamp < ${minute(5000)} AND (SystemModstamp > ${minute(9)} OR Id > '${account(9)}') ORDER BY SystemModstamp, Id LIMIT 20`,
    byIndex(20, 'SystemModstamp'),
  ],
  [
    'a range with one match in ten: ten rows are read for each result',
    `SELECT Id FROM Account WHERE Id > '${account(9)}' AND Industry = '3' ORDER BY Id LIMIT 20`,
    byIndex(200, 'Id'),
  ],
  [
    'a range with too few matches, to its end',
    `SELECT Id FROM Account WHERE Id > '${account(900)}' AND Industry = 'none' ORDER BY Id LIMIT 20`,
    byIndex(99, 'Id'),
  ],
  ['a field without an index', 'SELECT Id FROM Account ORDER BY Industry LIMIT 1', scan],
  ['a field other than the filter’s', `SELECT Id FROM Account WHERE Industry = '3' ORDER BY Id LIMIT 1`, scan],
])('with LIMIT, in the order of %s', (_what, soql, expected) => {
  expect(best(soql)).toEqual(expected);
});

test('a scaled table has more rows but the same plans, and LIMIT counts its scaled rows', () => {
  setCosts({ tables: { AccountShare: { scale: 50_000 } } });
  const plan = org.plan(`SELECT Id FROM AccountShare WHERE AccountId = '${account(7)}'`, ALL);
  expect(plan).toMatchObject({ sobjectCardinality: 50_000_000, ways: [{ scanned: 50_000 }, { scanned: 50_000_000 }] });
  expect(best('SELECT Id FROM AccountShare ORDER BY AccountId LIMIT 2000').scanned).toBe(2000);
  expect(org.plan('SELECT Id FROM Account', ALL).sobjectCardinality).toBe(COUNT);
});

test('no range over a million rows is selective', () => {
  setCosts({ scale: 50_000 });
  const range = (n: number) => `SELECT COUNT(Id) FROM Account WHERE Id >= '${account(COUNT - n)}'`;
  expect(best(range(20))).toEqual(byIndex(1_000_000, 'Id'));
  expect(best(range(21)).leading).toBe('TableScan');
});

test('a field can have an index in one table only', () => {
  setCosts({ tables: { AccountShare: { indexed: ['LastModifiedDate'] } } });
  const soql = `SELECT Id FROM AccountShare WHERE LastModifiedDate >= ${late}`;
  expect(best(soql)).toEqual(byIndex(100, 'LastModifiedDate'));
});

test('counts are stored rows, or scaled', () => {
  const answers = () => [
    org.query('SELECT COUNT() FROM Account', { all: false, visibility: ALL }).totalSize,
    ...org
      .query("SELECT COUNT(Id) n, MAX(Industry) m FROM Account WHERE Industry = '3'", { all: false, visibility: ALL })
      .page(0, 1),
  ];
  setCosts({ scale: 10 });
  expect(answers()).toMatchObject([COUNT, { n: 100, m: '3' }]);
  setCosts({ scale: 10, counts: 'scaled' });
  expect(answers()).toMatchObject([10 * COUNT, { n: 1000, m: '3' }]);
});
