import { type Argument, type Expression, parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { sources } from './imports.ts';

// Facts are values with codes. A sentence is for people: no code reads one to decide something.

/** Names of variables that contain a sentence. */
const SENTENCES = new Set(['message', 'reason', 'headline', 'failure', 'hint', 'closes', 'waitsFor']);
/** Names of variables that contain several sentences. */
const LISTS = new Set(['closed', 'warnings', 'problems']);
const READS = new Set([
  'includes',
  'startsWith',
  'endsWith',
  'match',
  'matchAll',
  'search',
  'indexOf',
  'split',
  'replace',
]);
const LOOKS = new Set(['filter', 'find', 'findIndex', 'some', 'every', 'map', 'flatMap']);

/** Files that read the text of other programs, or what earlier versions stored. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/config/yaml.ts': 'the YAML parser says by its words alone what is not closed',
  'src/index/sqlite/file/database.ts': 'libsql names some errors by words alone',
  'src/worker/log/sdk-log.ts': 'the SDK logs sentences alone',
  'src/salesforce/error-table.ts': 'Salesforce tells some refusals apart by words alone',
  'src/salesforce/message-text.ts': 'takes contents out of what Salesforce says',
  'src/sentences/earlier-texts.ts': 'what earlier versions stored',
  'src/temporal/errors.ts': 'gRPC and TLS name some errors by words alone',
};

function nameOf(node: Expression | Argument | null): string | null {
  switch (node?.type) {
    case 'Identifier':
      return node.name;
    case 'MemberExpression':
      return node.property.type === 'Identifier' ? node.property.name : null;
    case 'ChainExpression':
      return nameOf(node.expression as Expression);
    case 'TSNonNullExpression':
      return nameOf(node.expression);
    case 'LogicalExpression':
      return nameOf(node.left);
    case 'ParenthesizedExpression':
      return nameOf(node.expression);
    default:
      return null;
  }
}

const isSentence = (node: Expression | Argument): boolean => SENTENCES.has(nameOf(node) ?? '');

/** A clause, not a code. */
const isClause = (node: Expression | Argument): boolean =>
  node.type === 'Literal' && typeof node.value === 'string' && node.value.includes(' ');

/** Removes the last full stop, or all lines except the first. The result is still for a person. */
function isTidying(method: string, [first]: readonly Argument[]): boolean {
  if (first?.type !== 'Literal') return false;
  return method === 'replace' ? 'regex' in first && first.raw === '/\\.$/' : method === 'split' && first.value === '\n';
}

/** Where a source text reads a sentence: the text of each place. */
function readingsIn(file: string, text: string): string[] {
  // Rows of tests and rounds have clauses as names.
  const isProgram = !/^(?:test|tools)\//.test(file);
  const found: string[] = [];
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const note = ({ start, end }: { start: number; end: number }) => found.push(text.slice(start, end));
  new Visitor({
    CallExpression(node) {
      if (node.callee.type !== 'MemberExpression') return;
      const method = nameOf(node.callee) ?? '';
      const of = node.callee.object as Expression;
      if (READS.has(method) && isSentence(of) && !isTidying(method, node.arguments)) note(node);
      if ((method === 'test' || method === 'exec') && node.arguments.some(isSentence)) note(node);
      const [look] = node.arguments;
      if (!LOOKS.has(method) || !LISTS.has(nameOf(of) ?? '') || look?.type !== 'ArrowFunctionExpression') return;
      if (/\.(?:includes|startsWith|endsWith|match|test|exec|split)\(/.test(text.slice(look.start, look.end)))
        note(node);
    },
    BinaryExpression(node) {
      if (!['===', '!==', '==', '!='].includes(node.operator)) return;
      const sides = [node.left as Expression, node.right];
      if (sides.some(isClause) && (isProgram || sides.some(isSentence))) note(node);
    },
    SwitchCase(node) {
      if (isProgram && node.test !== null && isClause(node.test)) note(node);
    },
  }).visit(program);
  return found;
}

const files = sources('src', 'workflows', 'activities', 'test', 'tools/chaos', 'tools/bench');

describe('no code reads a sentence to decide something', () => {
  it('in the connector, its tests, chaos and benches', () => {
    const readings = [...files]
      .filter(([file]) => ALLOWED[file] === undefined)
      .flatMap(([file, text]) => readingsIn(file, text).map((place) => `${file}: ${place}`));
    expect(readings).toEqual([]);
  });

  it.each(Object.keys(ALLOWED))('except %s, which still does', (file) => {
    expect(readingsIn(file, files.get(file) ?? '')).not.toEqual([]);
  });

  it.each([
    "if (reason.startsWith('resumes')) resume();",
    "const health = memo.closed?.find((line) => line.includes('nobody finds'));",
    'const [, run] = /run (\\d+)$/.exec(memo.reason ?? "") ?? [];',
    "if (error.message.includes('not found')) skip();",
    'if (RESUMED.test(plan.reason)) resume();',
    "const isForced = memo.reason === 'requested by a signal';",
    "switch (plan.reason) { case 'every run': break; }",
    "const stopped = result.warnings.some((line) => line.startsWith('sweep of '));",
  ])('control: %s is caught', (text) => {
    expect(readingsIn('planted.ts', text)).toHaveLength(1);
  });

  it.each([
    "const text = error.message.replace(/\\.$/, '') + hint;",
    "const [first] = error.message.split('\\n');",
    "if (why.code === 'requested') serve();",
    "const names = words.filter((word) => word.includes('a'));",
  ])('control: %s is allowed', (text) => {
    expect(readingsIn('planted.ts', text)).toEqual([]);
  });
});
