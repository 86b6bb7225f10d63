import { errorAt, messages } from './errors.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'date' | 'datetime' | 'time' | 'sign' | 'end';
  /** The text as in the query; a string is without its quotes. */
  readonly text: string;
  /** The offset of its first character, from 0. */
  readonly at: number;
}

const DATETIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/iy;
const DATE = /\d{4}-\d\d-\d\d(?![\w-])/y;
const TIME = /\d\d:\d\d:\d\d(?:\.\d+)?Z/iy;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w)/y;
const WORD = /[A-Za-z_]\w*/y;
const SIGN = /!=|<>|<=|>=|[=<>(),.:]/y;
const SPACE = /\s+/y;
const STRING = /'((?:[^'\\]|\\[\s\S])*)'/y;
/** The valid escapes. `\_` and `\%` mean the plain characters in LIKE. */
const ESCAPES = /\\(?:[nNrRtTbBfF"'\\_%]|u[0-9A-Fa-f]{4})|[^\\]/y;

/** Splits a query into tokens; the last one has the kind `end`. Throws `SoqlError` (MALFORMED_QUERY). */
export function lex(soql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(soql);
  };
  while (at < soql.length) {
    const space = match(SPACE);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const token = next(soql, at, match);
    tokens.push(token);
    at += token.kind === 'string' ? token.text.length + 2 : token.text.length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: soql.length });
  return tokens;
}

function next(soql: string, at: number, match: (pattern: RegExp) => RegExpExecArray | null): Token {
  const string = match(STRING);
  if (string !== null) {
    const text = string[1] ?? '';
    if (!wellEscaped(text)) throw errorAt(soql, at, 'MALFORMED_QUERY', `Illegal string literal: '${text}'`);
    return { kind: 'string', text, at };
  }
  for (const [kind, pattern] of [
    ['datetime', DATETIME],
    ['date', DATE],
    ['time', TIME],
    ['number', NUMBER],
    ['word', WORD],
    ['sign', SIGN],
  ] as const) {
    const found = match(pattern);
    if (found !== null) return { kind, text: found[0], at };
  }
  const character = soql[at] ?? '';
  if (character === "'")
    throw errorAt(soql, at, 'MALFORMED_QUERY', `Illegal string literal, no closing quote: ${soql.slice(at, at + 40)}`);
  throw errorAt(soql, at, 'MALFORMED_QUERY', messages.unexpectedToken(character));
}

function wellEscaped(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    ESCAPES.lastIndex = at;
    const found = ESCAPES.exec(text);
    if (found === null) return false;
    at += found[0].length;
  }
  return true;
}
