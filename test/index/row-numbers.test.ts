import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSameSecond } from '../../src/index/model/order.ts';
import type { Database } from '../../src/index/sqlite/file/database.ts';
import { openForWriting } from '../../src/index/sqlite/open.ts';
import { RowNumbers } from '../../src/index/sqlite/store/row-numbers.ts';

let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'row-numbers-'));
  db = await openForWriting(join(folder, 'index.db'), true, () => {});
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const fill = (from: number, count: number): void => {
  db.run(
    `insert into doc (rid, id, obj, live, version, shares_due, hash, modified, is_private, is_person, more)
     with recursive n (at) as (select 0 union all select at + 1 from n where at + 1 < ?2)
     select ?1 + at, 'id' || (?1 + at), 1, 0, 0, 0, '', 0, 0, 0, 0 from n`,
    from,
    count,
  );
};

const ID = '500000000000001AAA';

it('gives a later second higher numbers, in any order of requests', () => {
  const rows = new RowNumbers(db);
  const [five, one, three, zero] = [5_000, 1_999, 3_000, 0].map((modified) => rows.numberFor(modified, ID)) as [
    number,
    number,
    number,
    number,
  ];
  expect([five > three, three > one, one > zero]).toEqual([true, true, true]);
  expect([isSameSecond(1_000, 1_999), isSameSecond(1_999, 2_000)]).toEqual([true, false]);
});

it('does not depend on the content of the file', () => {
  const first = new RowNumbers(db).numberFor(7_000, ID);
  fill(first + 1, 3);
  fill(first - 3, 3);
  expect(new RowNumbers(db).numberFor(7_000, ID)).toBe(first);
});

it('replaces a taken number with the next free one of file and transaction, if necessary of the next second', () => {
  const endOf = (rowNumber: number) => Math.ceil((rowNumber + 1) / 2 ** 20) * 2 ** 20;
  const late = Array.from({ length: 100_000 }, (_, n) => `500${String(n).padStart(12, '0')}AAA`).find((id) => {
    const rowNumber = new RowNumbers(db).numberFor(7_000, id);
    return endOf(rowNumber) - rowNumber < 100;
  });
  expect(late).toBeDefined();
  const first = new RowNumbers(db).numberFor(7_000, late ?? '');
  fill(first, 3);
  const rows = new RowNumbers(db);
  expect([1, 2].map(() => rows.numberFor(7_000, late ?? ''))).toEqual([first + 3, first + 4]);
  fill(first + 3, endOf(first) - first - 3);
  expect(new RowNumbers(db).numberFor(7_000, late ?? '')).toBe(endOf(first));
});

it('spreads the ids of one second', () => {
  const rows = new RowNumbers(db);
  const ids = Array.from({ length: 1_000 }, (_, n) => `500${String(n).padStart(12, '0')}AAA`);
  const numbers = ids.map((id) => rows.numberFor(7_000, id));
  expect(new Set(numbers).size).toBe(1_000);
  expect(new Set(numbers.map((number) => Math.floor((number % 2 ** 20) / 2 ** 14))).size).toBe(64);
});

it.each([Number.MIN_SAFE_INTEGER, -1, Number.MAX_SAFE_INTEGER, Date.parse('9999-12-31T23:59:59Z')])(
  'is a whole number for the time %d',
  (modified) => {
    const number = new RowNumbers(db).numberFor(modified, ID);
    expect([Number.isSafeInteger(number), number >= 0]).toEqual([true, true]);
  },
);
