import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { longId } from '../../src/org/ids.ts';
import type { Org } from '../../src/org/types.ts';
import { ALL, orgOf } from '../org/folder.ts';
import { holds } from '../seeded.ts';

/** A row that the plainest code can check a condition on. */
interface Row {
  readonly id: string;
  readonly stamp: string;
  readonly industry: string | null;
}

interface Term {
  readonly soql: string;
  readonly holds: (row: Row) => boolean;
}

const id = (number: number): string => longId(`00100000000${'0AZaz'[number % 5]}${String(number).padStart(3, '0')}`);
const stamp = (number: number): string => `2026-01-01T00:00:0${number}.000Z`;
const INDUSTRIES = [null, 'Energy', 'Retail'] as const;

const ROWS: readonly Row[] = Array.from({ length: 60 }, (_each, number) => ({
  id: id(number),
  stamp: stamp(number % 5),
  industry: INDUSTRIES[number % 3] ?? null,
}));

function ordered(comparison: string, left: string, right: string): boolean {
  switch (comparison) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.tuple(comparison, fc.nat(59)).map(
    ([sign, number]): Term => ({
      soql: `Id ${sign} '${id(number)}'`,
      holds: (row) => ordered(sign, row.id, id(number)),
    }),
  ),
  fc.tuple(comparison, fc.nat(5)).map(
    ([sign, second]): Term => ({
      soql: `SystemModstamp ${sign} ${stamp(second)}`,
      holds: (row) => ordered(sign, row.stamp, stamp(second)),
    }),
  ),
  fc.tuple(fc.constantFrom('=', '!='), fc.constantFrom(...INDUSTRIES)).map(
    ([sign, value]): Term => ({
      soql: `Industry ${sign} ${value === null ? 'null' : `'${value}'`}`,
      holds: (row) => (row.industry === value) === (sign === '='),
    }),
  ),
  fc.tuple(fc.boolean(), fc.subarray([...INDUSTRIES], { minLength: 1 })).map(
    ([negated, values]): Term => ({
      soql: `Industry ${negated ? 'NOT IN' : 'IN'} (${values.map((value) => (value === null ? 'null' : `'${value}'`)).join(', ')})`,
      holds: (row) => values.includes(row.industry as (typeof INDUSTRIES)[number]) !== negated,
    }),
  ),
);

const condition: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(fc.constantFrom('AND', 'OR'), fc.array(tie('term'), { minLength: 2, maxLength: 3 }))
      .map(([word, terms]) => ({
        soql: terms.map((term) => `(${term.soql})`).join(` ${word} `),
        holds: (row: Row) =>
          word === 'AND' ? terms.every((term) => term.holds(row)) : terms.some((term) => term.holds(row)),
      })),
    tie('term').map((term) => ({ soql: `NOT (${term.soql})`, holds: (row: Row) => !term.holds(row) })),
  ),
})).term;

let org: Org;
beforeAll(async () => {
  const lines = ROWS.map((row) => `${row.id},${row.stamp},${row.industry ?? ''}`);
  org = await orgOf({ 'Account.csv': `Id,SystemModstamp,Industry\n${lines.join('\n')}\n` });
});
afterAll(() => org.close());

test('a condition finds exactly the rows for which it is true, with any index optimization', () => {
  holds(
    'packages/sandbox/test/soql/conditions.property.test.ts',
    fc.property(condition, (term) => {
      const soql = `SELECT Id FROM Account WHERE ${term.soql} ORDER BY SystemModstamp, Id`;
      const result = org.query(soql, { all: false, visibility: ALL });
      const found = result.page(0, result.totalSize).map((record) => (record as { Id: string }).Id);
      const expected = ROWS.filter(term.holds).sort((a, b) => (a.stamp + a.id < b.stamp + b.id ? -1 : 1));
      expect(found).toEqual(expected.map((row) => row.id));
    }),
  );
});
