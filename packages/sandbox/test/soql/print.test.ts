import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AGGREGATES,
  type AggregateCall,
  COMPARISONS,
  type Condition,
  type Literal,
  type Operand,
  type Path,
  type Query,
} from '../../src/soql/ast.ts';
import { parse } from '../../src/soql/parse.ts';
import { print } from '../../src/soql/print.ts';
import { holds } from '../seeded.ts';

const at = 0;

const RESERVED = new Set(
  'SELECT FROM WHERE GROUP HAVING ORDER LIMIT OFFSET ALL WITH FOR USING NOT AND OR IN LIKE ASC DESC NULLS'.split(' '),
);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/).filter((word) => !RESERVED.has(word.toUpperCase()));
const path: fc.Arbitrary<Path> = fc.array(name, { minLength: 1, maxLength: 6 }).map((names): Path => ({ at, names }));
const alias = fc.option(name, { nil: null });

const escaped = (text: string): string => text.replace(/[\\']/g, (character) => `\\${character}`);
const two = (number: number): string => String(number).padStart(2, '0');
const day = fc
  .tuple(fc.integer({ min: 1900, max: 2999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, date]) => `${year}-${two(month)}-${two(date)}`);
const time = fc
  .tuple(
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.constantFrom('Z', '.000Z', '+05:30', '-0800'),
  )
  .map(([hour, minute, zone]) => `T${two(hour)}:${two(minute)}:00${zone}`);

const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text): Literal => ({ at, kind: 'string', raw: escaped(text) })),
  fc.constantFrom('\\n', '\\u0041', '\\%', '\\_').map((raw): Literal => ({ at, kind: 'string', raw })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value): Literal => ({ at, kind: 'number', raw: String(value) })),
  fc.boolean().map((value): Literal => ({ at, kind: 'boolean', value })),
  fc.constant<Literal>({ at, kind: 'null' }),
  day.map((raw): Literal => ({ at, kind: 'date', raw })),
  fc.tuple(day, time).map(([date, clock]): Literal => ({ at, kind: 'datetime', raw: date + clock })),
  time.map((clock): Literal => ({ at, kind: 'time', raw: `${clock.slice(1, 9)}Z` })),
  fc.constantFrom<Literal>({ at, kind: 'dateFunction', name: 'TODAY', count: null }),
  fc.nat(400).map((count): Literal => ({ at, kind: 'dateFunction', name: 'LAST_N_DAYS', count })),
);

const aggregate: fc.Arbitrary<AggregateCall> = fc
  .tuple(fc.constantFrom(...AGGREGATES), path)
  .map(([call, of]): AggregateCall => ({ kind: 'aggregate', at, name: call, path: of }));
const operand: fc.Arbitrary<Operand> = fc.oneof(
  path.map((of): Operand => ({ kind: 'path', path: of })),
  aggregate,
);

/** `top`: whether it is an outermost query. Only such a query has subqueries in SELECT. */
function queries(depth: number, top: boolean): fc.Arbitrary<Query> {
  const field = fc.record({ kind: fc.constant('field' as const), path, alias, asLabel: fc.boolean() });
  const aggregateItem = fc.record({ kind: fc.constant('aggregateItem' as const), call: aggregate, alias });
  const children = fc.record({ kind: fc.constant('children' as const), query: fc.constant<Query>(SMALL) });
  const nested = top ? [children] : [];
  return fc.record({
    select: fc.array(fc.oneof(field, aggregateItem, ...nested), { minLength: 1, maxLength: 4 }),
    from: fc.record({ at: fc.constant(at), object: name, alias }),
    where: fc.option(conditions(depth), { nil: null }),
    groupBy: fc.array(path, { maxLength: 2 }),
    having: fc.option(conditions(0), { nil: null }),
    orderBy: fc.array(
      fc.record({ operand, descending: fc.boolean(), nulls: fc.constantFrom(null, 'first' as const, 'last' as const) }),
      { maxLength: 2 },
    ),
    limit: fc.option(fc.nat(), { nil: null }),
    offset: fc.option(fc.record({ at: fc.constant(at), count: fc.nat() }), { nil: null }),
    allRows: fc.boolean(),
  });
}

const SMALL: Query = {
  select: [{ kind: 'field', path: { at, names: ['Id'] }, alias: null, asLabel: false }],
  from: { at, object: 'Contacts', alias: null },
  where: null,
  groupBy: [],
  having: null,
  orderBy: [],
  limit: 5,
  offset: null,
  allRows: false,
};

function conditions(depth: number): fc.Arbitrary<Condition> {
  const compare = fc.record({
    kind: fc.constant('compare' as const),
    operand,
    comparison: fc.constantFrom(...COMPARISONS),
    value: literal,
  });
  const lists = fc.array(literal, { minLength: 1, maxLength: 3 });
  const within = fc.record({
    kind: fc.constant('in' as const),
    operand,
    negated: fc.boolean(),
    values: depth > 0 ? fc.oneof(lists, queries(depth - 1, false)) : lists,
  });
  const includes = fc.record({
    kind: fc.constant('includes' as const),
    operand,
    negated: fc.boolean(),
    values: fc.array(literal, { minLength: 1, maxLength: 3 }),
  });
  if (depth === 0) return fc.oneof(compare, within, includes);
  const inner = conditions(depth - 1);
  return fc.oneof(
    compare,
    within,
    includes,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(inner, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), term: inner }),
  );
}

/** Removes places, which differ between a generated tree and a parsed one. They don't change a query's meaning. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'at' ? undefined : inner)));
}

test('parsing a printed query gives the same tree', () => {
  holds(
    'packages/sandbox/test/soql/print.test.ts',
    fc.property(queries(2, true), (query) => {
      expect(withoutPlaces(parse(print(query)))).toEqual(withoutPlaces(query));
    }),
  );
});
