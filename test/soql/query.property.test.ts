import { parseSoql, unescapeString } from '@salesforce-connector/sandbox/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dateTime, FALSE, type Literal, NULL, quotedId, quotedText, TRUE } from '../../src/soql/literals.ts';
import { compared, isIn, narrowed, type SoqlQuery, toSoql } from '../../src/soql/query.ts';
import { holds } from '../salesforce/seeded.ts';

/** Read by the sandbox's parser, which shares no code with the tested code. */

/** Texts that would end a literal or a URL if they were not escaped. */
const HOSTILE = [
  "'",
  '\\',
  "\\'",
  "\\\\'",
  '\n',
  '\r\n',
  '\u2028',
  '\u0000',
  '%',
  '%27',
  '_',
  '"',
  '\ud83d',
  '\udc00',
  '😀',
];
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...HOSTILE), fc.constantFrom(' OR Id > ', ')', ' LIMIT 1'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => parts.join(''));

const QUERY: SoqlQuery = { select: ['Id'], from: 'Lead', orderBy: ['Id'], limit: 9 };

it('any text stays one literal, and keeps its meaning', () => {
  let special = 0;
  const property = fc.property(text, fc.array(text, { minLength: 1, maxLength: 3 }), (one, some) => {
    if (HOSTILE.some((part) => one.includes(part))) special += 1;
    const query = narrowed(QUERY, compared('Company', '=', quotedText(one)), isIn('City', some.map(quotedText)));
    const soql = toSoql(query);
    expect(() => encodeURIComponent(soql)).not.toThrow();
    expect(soql).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    const { where, ...rest } = parseSoql(soql);
    expect(rest).toMatchObject({ from: { object: 'Lead' }, limit: 9, orderBy: [{}], having: null, groupBy: [] });
    expect(where).toMatchObject({
      kind: 'and',
      terms: [
        { kind: 'compare', comparison: '=' },
        { kind: 'in', negated: false },
      ],
    });
    expect(textsIn(where)).toEqual([one, ...some]);
  });
  holds('test/soql/query.property.test.ts', property);
  expect(special).toBeGreaterThan(10);
});

it('control: without escaping, the text would end its literal', () => {
  const hostile = "x' OR City > '";
  const textsOf = (value: Literal) =>
    textsIn(parseSoql(toSoql(narrowed(QUERY, compared('Company', '=', value)))).where);
  expect(textsOf(`'${hostile}'` as Literal)).toEqual(['x', '']);
  expect(textsOf(quotedText(hostile))).toEqual([hostile]);
});

it('an invalid id, time or name never gets into a query', () => {
  const property = fc.property(text, (given) => {
    if (!/^(?:[0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/.test(given)) expect(() => quotedId(given)).toThrow();
    expect(() => dateTime(given)).toThrow();
    if (/^\w+(?:\.\w+)*$/.test(given)) return;
    const named: SoqlQuery[] = [
      { ...QUERY, select: [given] },
      { ...QUERY, from: given },
      { ...QUERY, orderBy: ['Id', given] },
      narrowed(QUERY, compared(given, '=', NULL)),
      narrowed(QUERY, { any: [isIn(given, [TRUE, FALSE])] }),
    ];
    for (const query of named) expect(() => toSoql(query)).toThrow(/is not a name$/);
  });
  holds('test/soql/query.property.test.ts', property);
});

/** What the texts of conditions mean, in order. */
function textsIn(condition: unknown): string[] {
  return JSON.parse(JSON.stringify([condition]), (_, value) =>
    value?.kind === 'string' ? `text:${unescapeString(value.raw)}` : value,
  ).flatMap(leaves);
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('text:') ? [value.slice(5)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}
