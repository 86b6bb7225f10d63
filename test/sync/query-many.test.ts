import { expect, it } from 'vitest';
import type { Salesforce } from '../../src/salesforce/client.ts';
import type { SoqlQuery } from '../../src/soql/query.ts';
import { queryMany } from '../../src/sync/query-many.ts';

const row = (n: number) => ({ Id: `row ${n}` });

/** An org that answers the first query of each call with the next of these, and all other queries completely. */
function orgOf(...answers: readonly (readonly [rows: readonly number[], announced: number])[]) {
  const calls: number[] = [];
  const ask: Salesforce['queryMany'] = async (queries) => {
    const [rows, totalSize] = answers[calls.length] ?? expect.fail('too many queries');
    calls.push(queries.length);
    return queries.map((_, at) => {
      const records = at === 0 ? rows.map(row) : [row(0)];
      return { ok: true, records, totalSize: at === 0 ? totalSize : 1 };
    });
  };
  return { salesforce: { queryMany: ask } as Partial<Salesforce> as Salesforce, calls };
}

const T: SoqlQuery = { select: ['Id'], from: 'T' };

const ask = async (salesforce: Salesforce, soql: SoqlQuery = T, more: object = {}) => {
  const [first, second] = await queryMany(salesforce, [{ soql, ...more }, { soql: { ...T, from: 'Other' } }]);
  expect(second).toMatchObject({ ok: true, records: [row(0)] });
  return first?.ok ? first.records.map(({ Id }) => Id) : first;
};

it.each([
  [
    'one that is complete',
    [
      [[1, 2], 3],
      [[1], 1],
    ],
    ['row 1'],
  ],
  [
    'two with the same rows',
    [
      [[1, 2], 3],
      [[1], 3],
      [[1], 3],
    ],
    ['row 1'],
  ],
  [
    'the same rows at once',
    [
      [[1, 2], 3],
      [[2, 1], 3],
    ],
    ['row 2', 'row 1'],
  ],
] as const)('if rows are missing, the query is sent again alone, and believed: %s', async (_, answers, expected) => {
  const { salesforce, calls } = orgOf(...answers);
  expect(await ask(salesforce)).toEqual(expected);
  expect(calls).toEqual([2, ...Array(answers.length - 1).fill(1)]);
});

it('if no two readings agree, five of them end in the error', async () => {
  const { salesforce, calls } = orgOf([[1], 9], [[2], 9], [[3], 9], [[4], 9], [[5], 9]);
  await expect(ask(salesforce)).rejects.toMatchObject({ name: 'IncompleteReadError' });
  expect(calls).toHaveLength(5);
});

it('if a LIMIT was reached, fewer rows never count as all rows', async () => {
  const { salesforce } = orgOf([[1, 2], 3], [[1, 2], 3]);
  await expect(ask(salesforce, { ...T, orderBy: ['Id'], limit: 3 })).rejects.toMatchObject({
    name: 'IncompleteReadError',
  });
  const below = orgOf([[1, 2], 3], [[1, 2], 3]);
  expect(await ask(below.salesforce, { ...T, orderBy: ['Id'], limit: 4 })).toEqual(['row 1', 'row 2']);
});

it('fewer rows than announced are right at once if the caller says so', async () => {
  const { salesforce, calls } = orgOf([[1, 2], 3]);
  expect(await ask(salesforce, { ...T, from: 'FieldPermissions' }, { allowFewer: true })).toEqual(['row 1', 'row 2']);
  expect(calls).toEqual([2]);
});
