import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { sources } from './imports.ts';

/**
 * SOQL is written in one room: elsewhere a query is a value, which nobody writes as text or takes apart. The sandbox, which
 * reads SOQL by its own parser, is left out.
 */

const ROOM = 'src/soql/';

/** SQLite's own statements are in small letters. */
const WORDS = /\b(?:SELECT|FROM|WHERE|ORDER BY|GROUP BY|LIMIT)\b/;

/** Those that say nothing else in an expression for letters of either case. */
const WORDS_IN_ANY_CASE = /\b(?:SELECT|WHERE|ORDER BY|GROUP BY)\b/i;

/** What makes a literal: in a text it would be a condition by hand. */
const LITERALS = new Set(['quotedId', 'quotedIds', 'quotedText', 'dateTime']);

/** Where a condition may be given as text, for the config file's own. */
const USER_FILTERS = 'src/sync/soql.ts';

/** What reads SOQL that is no query of the connector's. */
const READERS: Readonly<Record<string, string>> = {
  '/^(where)\\b|\\b(order by|limit|offset|group by|for view|for reference|all rows)\\b/i':
    'src/config-objects.ts: a condition in the operator’s own config file',
  '/\\(\\s*select\\b/i': 'src/config-objects.ts: the same',
};

/** Places of a source text where SOQL is written by hand or taken apart. */
function byHand(file: string, text: string): string[] {
  const found: string[] = [];
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const texts: { start: number; end: number }[] = [];
  const note = ({ start, end }: { start: number; end: number }) => found.push(text.slice(start, end));
  new Visitor({
    Literal(node) {
      if ('regex' in node) {
        const { pattern, flags } = node.regex;
        if ((flags.includes('i') ? WORDS_IN_ANY_CASE : WORDS).test(pattern)) note(node);
      } else if (typeof node.value === 'string' && WORDS.test(node.value)) note(node);
    },
    TemplateLiteral(node) {
      texts.push(node);
      if (WORDS.test(node.quasis.map(({ value }) => value.cooked ?? value.raw).join('…'))) note(node);
    },
    BinaryExpression(node) {
      if (node.operator === '+') texts.push(node);
    },
    CallExpression(node) {
      if (node.callee.type !== 'Identifier' || !LITERALS.has(node.callee.name)) return;
      if (texts.some(({ start, end }) => start <= node.start && node.end <= end)) note(node);
    },
    TSAsExpression(node) {
      if (/^Literal\b/.test(text.slice(node.typeAnnotation.start, node.typeAnnotation.end))) note(node);
    },
    Property(node) {
      if (file === USER_FILTERS || node.key.type !== 'Identifier') return;
      if (node.key.name === 'userFilter') note(node);
    },
  }).visit(program);
  return found;
}

const files = [...sources('src', 'workflows', 'activities')].filter(([file]) => !file.startsWith(ROOM));

describe('SOQL', () => {
  it('is written in its own room alone, and nothing takes it apart', () => {
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap(([file, text]) => byHand(file, text).map((place) => [file, place] as const));
    const others = found.filter(([, place]) => READERS[place] === undefined);
    expect(others).toEqual([]);
    expect(found.map(([, place]) => place)).toEqual(Object.keys(READERS));
  });

  it.each([
    ['a query', `const soql = "SELECT Id FROM Account";`],
    ['a query with something in it', `const soql = \`SELECT \${columns} FROM \${table}\`;`],
    ['the end of a query', `const soql = \`\${query} LIMIT \${most}\`;`],
    ['one more condition', "const soql = text + (text.includes(' WHERE ') ? ' AND ' : '') + more;"],
    ['a list of safe literals', "const where = field + ' IN (' + quotedIds(ids) + ')';"],
    ['a condition with a safe literal', `const where = \`\${field} > \${quotedId(id)}\`;`],
    ['a literal that nothing has checked', `const id = \`'\${given}'\` as Literal;`],
    ['a condition that passes for a filter of the config file', 'const where = [{ userFilter: text }];'],
    ['an expression that takes a query apart', 'const limit = / LIMIT (\\d+)$/.exec(soql)?.[1];'],
    ['one that does in any case of letters', 'const isCount = /^select count/i.test(soql);'],
    ['a search for where a part begins', "const from = soql.indexOf(' FROM ');"],
  ])('and %s is caught', (_, text) => {
    expect(byHand('src/sync/x.ts', text)).not.toEqual([]);
  });

  it('while a query as a value, and what reads like one in a comment, are not', () => {
    const value = "const q = { select: ['Id'], from, where: [compared('Id', '>', quotedId(id))], limit: 1 };";
    expect(byHand('src/sync/x.ts', `/** SELECT Id FROM x. */\n${value}`)).toEqual([]);
    expect(byHand(USER_FILTERS, 'const where = [{ userFilter: text }];')).toEqual([]);
  });
});
