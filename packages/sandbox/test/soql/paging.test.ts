import { afterAll, beforeAll, expect, test } from 'vitest';
import { longId } from '../../src/org/ids.ts';
import { OrgTables } from '../../src/org/tables.ts';
import type { Org } from '../../src/org/types.ts';
import { parse } from '../../src/soql/parse.ts';
import { compileRows } from '../../src/soql/rows.ts';
import { type QueryContext, Scope } from '../../src/soql/scope.ts';
import { ALL, orgOf } from '../org/folder.ts';

const COUNT = 6000;
const ALIKE = 2500;
const START = Date.UTC(2026, 0, 1);

const accountId = (number: number): string => longId(`001${String(number).padStart(12, '0')}`);
const stamp = (number: number): string =>
  new Date(START + Math.max(0, number - ALIKE) * 1000).toISOString().replace('.000Z', '.500Z');

let org: Org;
beforeAll(async () => {
  const numbers = Array.from({ length: COUNT }, (_each, at) => at);
  const accounts = numbers.map((number) => `${accountId(number)},Account ${number},${stamp(number)}`);
  const shares = numbers.map(
    (number) => `${longId(`00r${String(number).padStart(12, '0')}`)},${accountId(number % 100)}`,
  );
  org = await orgOf({
    'Account.csv': `Id,Name,SystemModstamp\n${accounts.join('\n')}\n`,
    'AccountShare.csv': `Id,AccountId\n${shares.join('\n')}\n`,
  });
});
afterAll(() => org.close());

interface Account {
  readonly Id: string;
  readonly SystemModstamp: string;
}

function run(soql: string) {
  return org.query(soql, { all: false, visibility: ALL });
}

/** Follows a keyset by (SystemModstamp, Id), like a client that wants each change once. */
function followKeyset(pageSize: number): string[] {
  const ids: string[] = [];
  let from = '';
  for (;;) {
    const result = run(`SELECT Id, SystemModstamp FROM Account${from} ORDER BY SystemModstamp, Id LIMIT ${pageSize}`);
    const page = result.page(0, pageSize) as Account[];
    ids.push(...page.map((record) => record.Id));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return ids;
    const at = last.SystemModstamp.replace('+0000', 'Z');
    from = ` WHERE ((SystemModstamp = ${at} AND Id > '${last.Id}') OR SystemModstamp > ${at})`;
  }
}

test('the pages of a large result have every row once, in order', () => {
  const result = run('SELECT Id FROM Account ORDER BY Id DESC');
  expect(result.totalSize).toBe(COUNT);
  const ids: string[] = [];
  for (let offset = 0; offset < COUNT; offset += 2000)
    ids.push(...(result.page(offset, 2000) as Account[]).map((record) => record.Id));
  expect(ids).toEqual(Array.from({ length: COUNT }, (_each, at) => accountId(COUNT - 1 - at)));
  expect(result.page(COUNT, 2000)).toEqual([]);
});

test('a keyset by stamp and Id finds every row once, even if more rows share a stamp than fit on a page', () => {
  const ids = followKeyset(700);
  expect(ids).toEqual(Array.from({ length: COUNT }, (_each, at) => accountId(at)));
});

test('an open result is fixed: later changes add no rows, and erased rows are left out', async () => {
  const small = await orgOf({ 'Account.csv': `Id,Name\n${accountId(1)},a\n${accountId(2)},b\n` });
  try {
    const result = small.query('SELECT Id, Name FROM Account ORDER BY Id', { all: false, visibility: ALL });
    small.erase('Account', accountId(2));
    small.put('Account', { Id: accountId(3), Name: 'c' });
    small.put('Account', { Id: accountId(1), Name: 'changed' });
    expect(result.totalSize).toBe(2);
    expect(result.page(0, 10)).toMatchObject([{ Id: accountId(1), Name: 'changed' }]);
  } finally {
    small.close();
  }
});

function planOf(soql: string): string {
  const tables = new OrgTables(org.db, org.objects());
  const context: QueryContext = { soql, tables, visibility: ALL, all: false, now: org.now(), apiVersion: '67.0' };
  const query = parse(soql);
  const { text, values } = compileRows(query, new Scope(context, query.from), context);
  const rows: unknown[] = org.db
    .prepare(`EXPLAIN QUERY PLAN ${text}`)
    .raw()
    .all([...values]);
  return rows.map((row) => (Array.isArray(row) ? String(row[3]) : '')).join('; ');
}

const at = '2026-01-01T00:30:00Z';

test.each([
  ['by Id', `SELECT Id FROM Account WHERE Id > '${accountId(5)}' ORDER BY Id`, 'Account.Id" (Id>?'],
  [
    'by stamp and Id',
    `SELECT Id FROM Account WHERE ((SystemModstamp = ${at} AND Id > '${accountId(5)}') OR SystemModstamp > ${at}) AND SystemModstamp < 2026-01-02T00:00:00Z ORDER BY SystemModstamp, Id`,
    'SystemModstamp>? AND SystemModstamp<?',
  ],
  [
    'the newest first',
    'SELECT Id FROM Account ORDER BY SystemModstamp DESC LIMIT 10',
    'SCAN t USING COVERING INDEX Account.SystemModstamp',
  ],
  [
    'shares by parent and Id',
    `SELECT Id FROM AccountShare WHERE (AccountId = '${accountId(5)}' AND Id > '00r000000000001AAA') OR AccountId > '${accountId(5)}' ORDER BY AccountId, Id`,
    'AccountId>?',
  ],
  [
    'shares by time',
    `SELECT Id FROM AccountShare WHERE LastModifiedDate >= ${at} ORDER BY LastModifiedDate, Id`,
    'LastModifiedDate>?',
  ],
])('a keyset page is read in index order from its start: %s', (_name, soql, index) => {
  const plan = planOf(soql);
  expect(plan.replaceAll('"', '')).toContain(index.replaceAll('"', ''));
  expect(plan).not.toContain('TEMP B-TREE');
});

test('the control: a page ordered by a field without an index is sorted', () => {
  expect(planOf('SELECT Id FROM Account ORDER BY Name')).toContain('TEMP B-TREE');
});

test('a count of a range does not read the rows', () => {
  const plan = planOf(
    `SELECT Id FROM AccountShare WHERE AccountId >= '${accountId(5)}' AND AccountId < '${accountId(9)}'`,
  );
  expect(plan).toContain('COVERING INDEX');
});
