import { expect, test } from 'vitest';
import { SoqlError } from '../../src/soql/errors.ts';
import { parse } from '../../src/soql/parse.ts';
import { print } from '../../src/soql/print.ts';
import { likePattern, unescapeString } from '../../src/soql/strings.ts';

test.each([
  ['fields and an alias', 'select a.Id, a.Owner.Name from Account a', 'SELECT a.Id, a.Owner.Name FROM Account a'],
  ['COUNT()', 'SELECT count() FROM Case', 'SELECT COUNT() FROM Case'],
  [
    'aggregates with and without an alias',
    'SELECT COUNT_DISTINCT(Id) n, max(Amount) FROM Opportunity',
    'SELECT COUNT_DISTINCT(Id) n, MAX(Amount) FROM Opportunity',
  ],
  ['a field named like an aggregate', 'SELECT Count FROM X', 'SELECT Count FROM X'],
  [
    'objects and relationships that are keywords',
    'SELECT Group.Name FROM GroupMember',
    'SELECT Group.Name FROM GroupMember',
  ],
  [
    'an object that is a keyword',
    "SELECT Id FROM Group WHERE Type = 'Queue' ORDER BY Id",
    "SELECT Id FROM Group WHERE Type = 'Queue' ORDER BY Id",
  ],
  ['<> is !=', "SELECT Id FROM X WHERE A <> 'b'", "SELECT Id FROM X WHERE A != 'b'"],
  ['no spaces at all', "SELECT Id FROM X WHERE A='b'AND(C>=5)", "SELECT Id FROM X WHERE A = 'b' AND C >= 5"],
  [
    'a keyset page',
    "SELECT Id FROM X WHERE ((S = 2026-01-01T00:00:00.000Z AND Id > 'x') OR S > 2026-01-01T00:00:00Z) AND S < 2026-01-02T00:00:00+05:30 ORDER BY S, Id",
    "SELECT Id FROM X WHERE ((S = 2026-01-01T00:00:00.000Z AND Id > 'x') OR S > 2026-01-01T00:00:00Z) AND S < 2026-01-02T00:00:00+05:30 ORDER BY S, Id",
  ],
  [
    'lists',
    'SELECT Id FROM X WHERE A not in (1, -2.5, null) AND D IN (2026-01-01)',
    'SELECT Id FROM X WHERE A NOT IN (1, -2.5, null) AND D IN (2026-01-01)',
  ],
  [
    'semi-joins',
    'SELECT Id FROM X WHERE Id IN (SELECT XId FROM Y WHERE B = true)',
    'SELECT Id FROM X WHERE Id IN (SELECT XId FROM Y WHERE B = true)',
  ],
  [
    'date functions',
    'SELECT Id FROM X WHERE D = last_n_days:30 AND E > TODAY',
    'SELECT Id FROM X WHERE D = LAST_N_DAYS:30 AND E > TODAY',
  ],
  ['NOT', 'SELECT Id FROM X WHERE NOT A = 1 AND (NOT(B = 2))', 'SELECT Id FROM X WHERE (NOT A = 1) AND (NOT B = 2)'],
  [
    'child subqueries',
    'SELECT Id, (SELECT Id FROM Contacts LIMIT 5) FROM Account',
    'SELECT Id, (SELECT Id FROM Contacts LIMIT 5) FROM Account',
  ],
  [
    'GROUP BY and HAVING',
    "SELECT A, COUNT(Id) FROM X GROUP BY A HAVING COUNT(Id) > 1 AND A LIKE 'a%'",
    "SELECT A, COUNT(Id) FROM X GROUP BY A HAVING COUNT(Id) > 1 AND A LIKE 'a%'",
  ],
  [
    'every clause in order',
    'SELECT Id FROM X ORDER BY A ASC NULLS LAST, B DESC NULLS FIRST LIMIT 10 OFFSET 20 ALL ROWS',
    'SELECT Id FROM X ORDER BY A NULLS LAST, B DESC NULLS FIRST LIMIT 10 OFFSET 20 ALL ROWS',
  ],
  [
    'multi-select picklists and times',
    "SELECT Id FROM X WHERE A includes ('a;b','c') AND B EXCLUDES('d') AND T > 12:30:00Z",
    "SELECT Id FROM X WHERE A INCLUDES ('a;b', 'c') AND B EXCLUDES ('d') AND T > 12:30:00Z",
  ],
  ['newlines and tabs', 'SELECT\tId\r\nFROM\n  X', 'SELECT Id FROM X'],
  [
    'escapes',
    String.raw`SELECT Id FROM X WHERE A = 'O\'Brien \\ \u00e9'`,
    String.raw`SELECT Id FROM X WHERE A = 'O\'Brien \\ \u00e9'`,
  ],
])('parses: %s', (_name, soql, printed) => {
  expect(print(parse(soql))).toBe(printed);
});

test.each([
  ['', "unexpected token: '<EOF>'"],
  ['SELECT', "unexpected token: '<EOF>'"],
  ['SELECT FROM X', "unexpected token: 'FROM'"],
  ['SELECT Id', "unexpected token: '<EOF>'"],
  ['SELECT * FROM X', "unexpected token: '*'"],
  ['SELECT Id FROM X WHERE A', "unexpected token: '<EOF>'"],
  ['SELECT Id FROM X WHERE A = b', "unexpected token: 'b'"],
  ['SELECT Id FROM X WHERE A IN ()', "unexpected token: ')'"],
  ['SELECT Id FROM X WHERE (A = 1', "unexpected token: '<EOF>'"],
  ['SELECT Id FROM X WHERE A = 1)', "unexpected token: ')'"],
  ['SELECT Id FROM X WHERE A = LAST_N_DAYS', "unexpected token: '<EOF>'"],
  ['SELECT Id FROM X WHERE A = TODAY:3', "unexpected token: ':'"],
  ["SELECT Id FROM X WHERE A INCLUDES 'a'", "unexpected token: 'a'"],
  ["SELECT Id FROM X WHERE A NOT INCLUDES ('a')", "unexpected token: 'INCLUDES'"],
  ['SELECT Id FROM X LIMIT -1', "unexpected token: '-1'"],
  ['SELECT Id FROM X LIMIT 1 WHERE A = 1', "unexpected token: 'WHERE'"],
  ['SELECT Id FROM X ORDER BY A NULLS', "unexpected token: '<EOF>'"],
  ['SELECT MAX() FROM X', "unexpected token: ')'"],
  ["SELECT Id FROM X WHERE A = 'b", 'Illegal string literal, no closing quote'],
  [String.raw`SELECT Id FROM X WHERE A = 'a\q'`, 'Illegal string literal'],
  ['SELECT Id FROM X; DROP', "unexpected token: ';'"],
])('is MALFORMED_QUERY: %s', (soql, message) => {
  let refused: unknown;
  try {
    parse(soql);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(SoqlError);
  expect(refused).toMatchObject({ errorCode: 'MALFORMED_QUERY', message: expect.stringContaining(message) });
});

test.each([
  ['a quote', String.raw`O\'Brien`, "O'Brien", "O'Brien"],
  ['a backslash', String.raw`a\\b`, String.raw`a\b`, String.raw`a\\b`],
  ['a newline, in either case', String.raw`a\nb\Nc`, 'a\nb\nc', 'a\nb\nc'],
  ['a character by its code', String.raw`\u00e9`, 'é', 'é'],
  ['a literal percent sign', String.raw`50\%`, '50%', String.raw`50\%`],
  ['a literal underscore', String.raw`a\_b`, 'a_b', String.raw`a\_b`],
  ['wildcards', '%a_', '%a_', '%a_'],
])('in a string, %s', (_name, raw, value, pattern) => {
  expect(unescapeString(raw)).toBe(value);
  expect(likePattern(raw)).toBe(pattern);
});
