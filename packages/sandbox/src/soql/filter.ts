import { isId, longId } from '../org/ids.ts';
import { withoutNul } from '../org/nul.ts';
import type { FieldType } from '../org/types.ts';
import { fromText } from '../org/values.ts';
import type { Literal } from './ast.ts';
import { type Period, periodOf } from './dates.ts';
import { errorAt } from './errors.ts';
import type { QueryContext } from './scope.ts';
import { unescapeString } from './strings.ts';

/** A piece of SQL and the values of its placeholders, in order. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** A literal's value for a field: a stored value, null or a period. */
export type FilterValue =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'null' }
  | ({ readonly kind: 'stretch' } & Period);

/** The left side of a comparison: the type of its values, and its name in error messages. */
export interface Compared {
  readonly type: FieldType;
  readonly label: string;
  readonly at: number;
}

/** Salesforce's names of types in messages, and whether values are written in quotes. */
const WORDING: Partial<Record<FieldType, readonly [name: string, quotes: boolean]>> = {
  id: ['ID', true],
  reference: ['ID', true],
  boolean: ['boolean', false],
  int: ['int', false],
  double: ['double', false],
  currency: ['double', false],
  percent: ['double', false],
  date: ['date', false],
  datetime: ['dateTime', false],
};

/**
 * Reads a literal for a field of that type. Throws `SoqlError`: INVALID_FIELD for a literal of the wrong type,
 * INVALID_QUERY_FILTER_OPERATOR for an invalid id.
 */
export function filterValue(compared: Compared, literal: Literal, context: QueryContext): FilterValue {
  if (literal.kind === 'null') return { kind: 'null' };
  const value = valueFor(compared, literal, context);
  if (value === undefined) throw wrongType(compared, context);
  return value;
}

function valueFor(compared: Compared, literal: Literal, context: QueryContext): FilterValue | undefined {
  switch (compared.type) {
    case 'id':
    case 'reference':
      return literal.kind === 'string' ? idValue(compared, unescapeString(literal.raw), context) : undefined;
    case 'boolean':
      return literal.kind === 'boolean' ? { kind: 'value', value: literal.value ? 1 : 0 } : undefined;
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return literal.kind === 'number' ? { kind: 'value', value: Number(literal.raw) } : undefined;
    case 'date':
    case 'datetime':
      return momentValue(compared.type, literal, context);
    default:
      if (literal.kind === 'time' && mayBeOfOtherType(compared)) return { kind: 'value', value: literal.raw };
      return literal.kind === 'string' ? textValue(unescapeString(literal.raw)) : undefined;
  }
}

/**
 * Whether it is a custom field that is text only because nothing describes it. It may be a time or a multi-select
 * picklist.
 */
export function mayBeOfOtherType({ type, label }: Compared): boolean {
  return type === 'string' && label.endsWith('__c');
}

/** An empty string is null, as in Salesforce. */
function textValue(text: string): FilterValue {
  return text === '' ? { kind: 'null' } : { kind: 'value', value: withoutNul(text) };
}

function idValue(compared: Compared, text: string, context: QueryContext): FilterValue {
  if (text === '') return { kind: 'null' };
  if (!isId(text))
    throw errorAt(context.soql, compared.at, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
  return { kind: 'value', value: longId(text) };
}

function momentValue(type: 'date' | 'datetime', literal: Literal, context: QueryContext): FilterValue | undefined {
  if (literal.kind === 'dateFunction') {
    const stretch = periodOf(literal.name, literal.count, context.now);
    return { kind: 'stretch', ...stretch };
  }
  if (literal.kind !== type) return undefined;
  try {
    const value = fromText(type, literal.raw.toUpperCase());
    return value === null ? { kind: 'null' } : { kind: 'value', value };
  } catch {
    throw errorAt(context.soql, literal.at, 'MALFORMED_QUERY', `invalid date: ${literal.raw}`);
  }
}

function wrongType({ type, label, at }: Compared, context: QueryContext): Error {
  const [name, quotes] = WORDING[type] ?? ['string', true];
  const text = `value of filter criterion for field '${label}' must be of type ${name} and should ${quotes ? '' : 'not '}be enclosed in quotes`;
  return errorAt(context.soql, at, 'INVALID_FIELD', text);
}
