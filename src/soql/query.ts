import type { Literal } from './literals.ts';

/** A query in SOQL. Another query is another value: nothing reads or changes the text that `toSoql` makes of it. */
export interface SoqlQuery {
  readonly select: readonly Column[];
  readonly from: string;
  /** All of them hold. */
  readonly where?: readonly Condition[];
  readonly orderBy?: readonly string[];
  /** Left out or null: all rows. */
  readonly limit?: number | null;
}

/** A field, or what is told of all rows together. */
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
  /** What the config file chooses records by, as it stands there. */
  | { readonly userFilter: string };

type Comparison = '=' | '<' | '<=' | '>' | '>=';

export function compared(field: string, is: Comparison, value: Literal): Condition {
  return { field, is, value };
}

export function isIn(field: string, values: readonly Literal[]): Condition {
  return { field, in: values };
}

/** How many rows there are. */
export function count(as = 'n'): Column {
  return { aggregate: 'COUNT', field: 'Id', as };
}

/** The newest time among them (`newest`). */
export function newest(field: string): Column {
  return { aggregate: 'MAX', field, as: 'newest' };
}

/** The query, of those rows alone that meet the conditions too. */
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

/** A field, also one of a parent, an sObject or an alias. */
const NAME = /^\w+(?:\.\w+)*$/;

function nameText(name: string): string {
  if (!NAME.test(name)) throw new Error('a query was about to take something for a name that is none');
  return name;
}
