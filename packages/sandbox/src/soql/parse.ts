import {
  AGGREGATES,
  type AggregateCall,
  COMPARISONS,
  type Comparison,
  type Condition,
  type Literal,
  type Operand,
  type OrderItem,
  type Path,
  type Query,
  type SelectItem,
} from './ast.ts';
import { isDateFunction, takesCount } from './dates.ts';
import { errorAt, messages, type SoqlError } from './errors.ts';
import { lex, type Token } from './lex.ts';

/** Words that end a list of names and so can't be an alias. */
const CLAUSES = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'ALL',
  'WITH',
  'FOR',
  'USING',
]);

/** Salesforce's limit on child-to-parent relationships in a path. */
const MAX_PARENTS = 5;

/** Parses a SOQL query. Throws `SoqlError` (MALFORMED_QUERY) with Salesforce's message and a caret at the place. */
export function parse(soql: string): Query {
  const parser = new Parser(soql);
  const query = parser.query(false);
  parser.expectEnd();
  return query;
}

class Parser {
  readonly #soql: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(soql: string) {
    this.#soql = soql;
    this.#tokens = lex(soql);
  }

  query(nested: boolean): Query {
    this.#expectWord('SELECT');
    const select: SelectItem[] = [];
    do select.push(this.#selectItem(nested));
    while (this.#takeSign(','));
    this.#expectWord('FROM');
    const object = this.#word();
    const alias = this.#alias();
    const where = this.#takeWord('WHERE') ? this.#condition() : null;
    const groupBy = this.#takeWords('GROUP', 'BY') ? this.#list(() => this.#path()) : [];
    const having = this.#takeWord('HAVING') ? this.#condition() : null;
    const orderBy = this.#takeWords('ORDER', 'BY') ? this.#list(() => this.#orderItem()) : [];
    const limit = this.#takeWord('LIMIT') ? this.#count().count : null;
    const offset = this.#takeWord('OFFSET') ? this.#count() : null;
    const allRows = this.#takeWords('ALL', 'ROWS');
    return {
      select,
      from: { at: object.at, object: object.text, alias },
      where,
      groupBy,
      having,
      orderBy,
      limit,
      offset,
      allRows,
    };
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end') throw this.#unexpected();
  }

  #selectItem(nested: boolean): SelectItem {
    if (this.#isSign('(') && !nested) {
      this.#expectSign('(');
      const query = this.query(true);
      this.#expectSign(')');
      return { kind: 'children', query };
    }
    if (this.#isWord('TOLABEL') && this.#peek(1).text === '(') {
      this.#next++;
      const path = this.#parenthesized(() => this.#path());
      return { kind: 'field', path, alias: this.#alias(), asLabel: true };
    }
    const operand = this.#operand();
    const alias = this.#alias();
    if (operand.kind === 'path') return { kind: 'field', path: operand.path, alias, asLabel: false };
    return { kind: 'aggregateItem', call: operand, alias };
  }

  #operand(): Operand {
    const call = this.#aggregateCall();
    return call ?? { kind: 'path', path: this.#path() };
  }

  #aggregateCall(): AggregateCall | null {
    const token = this.#token;
    const name = AGGREGATES.find((aggregate) => aggregate === token.text.toUpperCase());
    if (name === undefined || token.kind !== 'word' || this.#peek(1).text !== '(') return null;
    this.#next += 2;
    const path = this.#isSign(')') && name === 'COUNT' ? null : this.#path();
    this.#expectSign(')');
    return { kind: 'aggregate', at: token.at, name, path };
  }

  #path(): Path {
    const first = this.#name();
    const names = [first.text];
    while (this.#takeSign('.')) names.push(this.#word().text);
    if (names.length > MAX_PARENTS + 1)
      throw errorAt(
        this.#soql,
        first.at,
        'MALFORMED_QUERY',
        `maximum query relationship depth exceeded: more than ${MAX_PARENTS} levels of child-to-parent relationships`,
      );
    return { at: first.at, names };
  }

  #orderItem(): OrderItem {
    const operand = this.#operand();
    const descending = this.#takeWord('DESC');
    if (!descending) this.#takeWord('ASC');
    if (!this.#takeWord('NULLS')) return { operand, descending, nulls: null };
    if (this.#takeWord('FIRST')) return { operand, descending, nulls: 'first' };
    this.#expectWord('LAST');
    return { operand, descending, nulls: 'last' };
  }

  /** Parses AND or OR, but no mix without parentheses: Salesforce refuses the second kind as an unexpected token. */
  #condition(): Condition {
    const first = this.#term();
    for (const kind of ['and', 'or'] as const) {
      if (!this.#isWord(kind.toUpperCase())) continue;
      const terms = [first];
      while (this.#takeWord(kind.toUpperCase())) terms.push(this.#term());
      return { kind, terms };
    }
    return first;
  }

  #term(): Condition {
    if (this.#takeWord('NOT')) return { kind: 'not', term: this.#term() };
    if (this.#takeSign('(')) {
      const condition = this.#condition();
      this.#expectSign(')');
      return condition;
    }
    const operand = this.#operand();
    if (this.#isWord('INCLUDES') || this.#isWord('EXCLUDES')) {
      const excluded = !this.#takeWord('INCLUDES') && this.#takeWord('EXCLUDES');
      return { kind: 'includes', operand, negated: excluded, values: this.#parenthesized(() => this.#literals()) };
    }
    const negated = this.#takeWord('NOT');
    if (negated || this.#isWord('IN')) {
      this.#expectWord('IN');
      const values = this.#parenthesized(() => (this.#isWord('SELECT') ? this.query(true) : this.#literals()));
      return { kind: 'in', operand, negated, values };
    }
    return { kind: 'compare', operand, comparison: this.#comparison(), value: this.#literal() };
  }

  #literals(): readonly Literal[] {
    return this.#list(() => this.#literal());
  }

  #parenthesized<T>(inner: () => T): T {
    this.#expectSign('(');
    const read = inner();
    this.#expectSign(')');
    return read;
  }

  #comparison(): Comparison {
    const text = this.#token.text === '<>' ? '!=' : this.#token.text.toUpperCase();
    const found = COMPARISONS.find((comparison) => comparison === text);
    if (found === undefined || this.#token.kind === 'string') throw this.#unexpected();
    this.#next++;
    return found;
  }

  #literal(): Literal {
    const { kind, text, at } = this.#token;
    if (kind === 'string' || kind === 'number' || kind === 'date' || kind === 'datetime' || kind === 'time') {
      this.#next++;
      return { kind, raw: text, at };
    }
    if (kind !== 'word') throw this.#unexpected();
    const word = text.toUpperCase();
    if (word !== 'TRUE' && word !== 'FALSE' && word !== 'NULL' && !isDateFunction(word)) throw this.#unexpected();
    this.#next++;
    if (word === 'NULL') return { kind: 'null', at };
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE', at };
    if (!takesCount(word)) return { kind: 'dateFunction', name: word, count: null, at };
    this.#expectSign(':');
    return { kind: 'dateFunction', name: word, count: this.#count().count, at };
  }

  #count(): { readonly at: number; readonly count: number } {
    const token = this.#token;
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.#unexpected();
    this.#next++;
    return { at: token.at, count: Number(token.text) };
  }

  #alias(): string | null {
    const token = this.#token;
    if (token.kind !== 'word' || CLAUSES.has(token.text.toUpperCase())) return null;
    this.#next++;
    return token.text;
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#takeSign(',')) items.push(item());
    return items;
  }

  /** Parses the first name of a path. It isn't a keyword, except in `Group.Name`, where the dot decides. */
  #name(): Token {
    const isKeyword = CLAUSES.has(this.#token.text.toUpperCase()) && this.#peek(1).text !== '.';
    if (isKeyword) throw this.#unexpected();
    return this.#word();
  }

  #word(): Token {
    const token = this.#token;
    if (token.kind !== 'word') throw this.#unexpected();
    this.#next++;
    return token;
  }

  get #token(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    const last = this.#tokens.length - 1;
    const token = this.#tokens[Math.min(this.#next + ahead, last)];
    if (token === undefined) throw new Error('A list of tokens ends with one of kind end.');
    return token;
  }

  #isWord(word: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  #isSign(sign: string): boolean {
    return this.#token.kind === 'sign' && this.#token.text === sign;
  }

  #takeWord(word: string): boolean {
    return this.#takeWords(word);
  }

  #takeWords(...words: string[]): boolean {
    if (!words.every((word, ahead) => this.#isWord(word, ahead))) return false;
    this.#next += words.length;
    return true;
  }

  #takeSign(sign: string): boolean {
    if (!this.#isSign(sign)) return false;
    this.#next++;
    return true;
  }

  #expectWord(word: string): void {
    if (!this.#takeWord(word)) throw this.#unexpected();
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#unexpected();
  }

  #unexpected(): SoqlError {
    return errorAt(this.#soql, this.#token.at, 'MALFORMED_QUERY', messages.unexpectedToken(this.#token.text));
  }
}
