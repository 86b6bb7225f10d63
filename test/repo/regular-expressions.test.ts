import { type CallExpression, type NewExpression, parseSync, type RegExpLiteral, Visitor } from 'oxc-parser';
import { describe, expect, it, vi } from 'vitest';
import { sources } from './imports.ts';

/** The checker in plain JavaScript and without time limits, so that it answers the same on every machine. */
vi.stubEnv('RECHECK_BACKEND', 'pure');
const { check } = await import('recheck');
const SAME_EVERYWHERE = { timeout: null, attackTimeout: null, incubationTimeout: null, randomSeed: 1 };

/** Expressions whose time grows faster than their text, and why that text is short. */
const BOUNDED: Readonly<Record<string, string>> = {
  "/'(?:\\\\.|[^'\\\\])*'/gs": 'src/config/objects.ts: a condition in the operator’s own config file',
  '/[\\w.-]+(?=\\.lightning\\.force\\.com|\\.my\\.salesforce\\.com)/g':
    'src/config/schema.ts: base_url of the operator’s own config file',
  '/^-+|-+$/g': 'src/config/load.ts: a name of at most 63 characters',
  '/\\B(?=(\\d{3})+$)/g': 'src/sentences/numbers.ts: the digits of one number',
};

function literalsOf(file: string, text: string): RegExpLiteral[] {
  const found: RegExpLiteral[] = [];
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  new Visitor({
    Literal(node) {
      if ('regex' in node) found.push(node as RegExpLiteral);
    },
  }).visit(program);
  return found;
}

/** Expressions that are made at run time. The checker does not see these. */
function madeAtRunTime(file: string, text: string): string[] {
  const found: string[] = [];
  const note = ({ callee, start, end }: NewExpression | CallExpression) => {
    if (callee.type === 'Identifier' && callee.name === 'RegExp') found.push(text.slice(start, end));
  };
  new Visitor({ NewExpression: note, CallExpression: note }).visit(parseSync(file, text).program);
  return found;
}

async function isLinear({ regex }: Pick<RegExpLiteral, 'regex'>): Promise<boolean> {
  return (await check(regex.pattern, regex.flags, SAME_EVERYWHERE)).status === 'safe';
}

const files = [...sources('src', 'workflows', 'activities')];

describe('regular expressions', () => {
  it('take linear time, or there is a reason why their text is short', { timeout: 600_000 }, async () => {
    const literals = files.flatMap(([file, text]) => literalsOf(file, text));
    const unique = new Map(literals.map((literal) => [literal.raw ?? '', literal]));
    expect(unique.size).toBeGreaterThan(50);
    const slow: string[] = [];
    for (const [raw, literal] of unique) if (!(await isLinear(literal))) slow.push(raw);
    expect(slow.sort()).toEqual(Object.keys(BOUNDED).sort());
  });

  it.each([
    ['a nested repetition', /^(a+)+$/],
    ['two repetitions that share letters', /\s+\s*$/],
    ['a search for a missing end', /<[^>]*>/g],
    ['one with property escapes', /^(?:\p{L}+)+$/u],
    ['one with a lookbehind', /(?<=a)(?:b+)+$/],
  ])('control: %s is caught', async (_, { source, flags }) => {
    expect(await isLinear({ regex: { pattern: source, flags } })).toBe(false);
  });

  it('control: an expression that the checker does not understand is caught', async () => {
    expect(await isLinear({ regex: { pattern: '^[\\p{L}--[a-z]]+$', flags: 'v' } })).toBe(false);
  });

  it('are literals, so that they can be checked', () => {
    expect(files.flatMap(([file, text]) => madeAtRunTime(file, text))).toEqual([]);
  });

  it('control: an expression made at run time is caught, and a literal is found', () => {
    const text = "const a = /b+/u; const c = new RegExp(a.source + '$');";
    expect(madeAtRunTime('x.ts', text)).toEqual(["new RegExp(a.source + '$')"]);
    expect(literalsOf('x.ts', text).map(({ raw }) => raw)).toEqual(['/b+/u']);
  });
});
