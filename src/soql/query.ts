import type { Literal } from './literals.ts';

/** A SOQL query as a value. To change a query, make another value: nothing parses or edits the text from `toSoql`. */
export interface SoqlQuery {
  readonly select: readonly Column[];
  readonly from: string;
  /** Conditions joined by AND. */
  readonly where?: readonly Condition[];
  readonly orderBy?: readonly string[];
  /** Maximum number of rows; missing or null for all rows. */
  readonly limit?: number | null;
}

/** A field, or an aggregate of all rows. */
export type Column = string | Aggregate;

interface Aggregate {
  readonly aggregate: 'COUNT' | 'MAX';
  readonly field: string;
  readonly as: string;
}

export type Condition =
  | { readonly field: string; readonly is: Comparison; readonly value: Literal }
  | { readonly field: string; readonly in: readonly Literal[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  /** The condition from the config file, verbatim. */
  | { readonly userFilter: string };

type Comparison = '=' | '<' | '<=' | '>' | '>=';

export function compared(field: string, is: Comparison, value: Literal): Condition {
  return { field, is, value };
}

export function isIn(field: string, values: readonly Literal[]): Condition {
  return { field, in: values };
}

/** Returns the column that counts the rows. */
export function count(as = 'n'): Column {
  return { aggregate: 'COUNT', field: 'Id', as };
}

/** Returns the column with the latest time in a field, named `newest`. */
export function newest(field: string): Column {
  return { aggregate: 'MAX', field, as: 'newest' };
}

/** Returns the query with further conditions added by AND. */
export function narrowed(query: SoqlQuery, ...conditions: readonly Condition[]): SoqlQuery {
  return { ...query, where: [...(query.where ?? []), ...conditions] };
}

export function toSoql({ select, from, where = [], orderBy = [], limit = null }: SoqlQuery): string {
  return [
    `SELECT ${select.map(columnText).join(', ')} FROM ${nameText(from)}`,
    ...(where.length === 0 ? [] : [`WHERE ${where.map(conditionText).join(' AND ')}`]),
    ...(orderBy.length === 0 ? [] : [`ORDER BY ${orderBy.map(nameText).join(', ')}`]),
    ...(limit === null ? [] : [`LIMIT ${limit}`]),
  ].join(' ');
}

function columnText(column: Column): string {
  if (typeof column === 'string') return nameText(column);
  return `${column.aggregate}(${nameText(column.field)}) ${nameText(column.as)}`;
}

function conditionText(condition: Condition): string {
  if ('value' in condition) return `${nameText(condition.field)} ${condition.is} ${condition.value}`;
  if ('in' in condition) return `${nameText(condition.field)} IN (${condition.in.join(', ')})`;
  if ('all' in condition) return `(${condition.all.map(conditionText).join(' AND ')})`;
  if ('any' in condition) return `(${condition.any.map(conditionText).join(' OR ')})`;
  return `(${condition.userFilter})`;
}

/** The name of a field (also of a parent's field), an sObject or an alias. */
const NAME = /^\w+(?:\.\w+)*$/;

function nameText(name: string): string {
  if (!NAME.test(name)) throw new Error('a query was about to use something that is not a name');
  return name;
}

/** `SELECT COUNT() FROM …` returns its number as `totalSize`, and no rows. */
const BARE_COUNT = /^\s*select\s+count\s*\(\s*\)/i;

/** Takes a text, because the client takes any query. */
export function isBareCount(soql: string): boolean {
  return BARE_COUNT.test(soql);
}
