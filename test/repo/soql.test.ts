import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { sources } from './imports.ts';

/**
 * SOQL is written in one folder. Elsewhere a query is a value that nobody writes as text or takes apart. The sandbox is
 * excluded: it reads SOQL with its own parser.
 */

const ROOM = 'src/soql/';

/** SQLite's own statements are in lower case. */
const WORDS = /\b(?:SELECT|FROM|WHERE|ORDER BY|GROUP BY|LIMIT)\b/;

/** Words that mean nothing else in a case-insensitive expression. */
const WORDS_IN_ANY_CASE = /\b(?:SELECT|WHERE|ORDER BY|GROUP BY)\b/i;

/** What makes a literal. In a text it would be a condition written by hand. */
const LITERALS = new Set(['quotedId', 'quotedIds', 'quotedText', 'dateTime']);

/** Where a condition may be given as text, for the config file's own. */
const USER_FILTERS = 'src/sync/soql.ts';

/** Code that reads SOQL other than the connector's queries. */
const READERS: Readonly<Record<string, string>> = {
  '/^(where)\\b|\\b(order by|limit|offset|group by|for view|for reference|all rows)\\b/i':
    'src/config/objects.ts: a condition in the operator’s own config file',
  '/\\(\\s*select\\b/i': 'src/config/objects.ts: the same',
};

/** Places of a source text where SOQL is written by hand or taken apart. */
function runner(file: string, text: string): string[] {
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
  it('is written only in its own folder, and nothing takes it apart', () => {
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap(([file, text]) => runner(file, text).map((place) => [file, place] as const));
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
    ['an unchecked literal', `const id = \`'\${given}'\` as Literal;`],
    ['a condition that passes for a filter of the config file', 'const where = [{ userFilter: text }];'],
    ['an expression that takes a query apart', 'const limit = / LIMIT (\\d+)$/.exec(soql)?.[1];'],
    ['a case-insensitive expression that takes a query apart', 'const isCount = /^select count/i.test(soql);'],
    ['a search for the beginning of a part', "const from = soql.indexOf(' FROM ');"],
  ])('control: %s is caught', (_, text) => {
    expect(runner('src/sync/x.ts', text)).not.toEqual([]);
  });

  it('control: a query as a value, and similar text in a comment, are allowed', () => {
    const value = "const q = { select: ['Id'], from, where: [compared('Id', '>', quotedId(id))], limit: 1 };";
    expect(runner('src/sync/x.ts', `/** SELECT Id FROM x. */\n${value}`)).toEqual([]);
    expect(runner(USER_FILTERS, 'const where = [{ userFilter: text }];')).toEqual([]);
  });
});
