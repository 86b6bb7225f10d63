import { isId, longId } from './ids.ts';
import { withNul, withoutNul } from './nul.ts';
import type { FieldType, Row } from './types.ts';

/**
 * A stored value. Booleans are 0 and 1. Datetimes are milliseconds since 1970 in whole seconds, because Salesforce
 * neither shows nor compares milliseconds. Dates are `YYYY-MM-DD`, and ids have 18 characters. Other values are
 * unchanged, except that U+0000 is escaped.
 */
export type Stored = string | number | null;

export type RestValue = Row[string];

const DATETIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * Parses a value from a CSV file. Throws an Error that says what is wrong but doesn't contain the value, because errors
 * must not quote records.
 */
export function fromText(type: FieldType, value: string): Stored {
  if (value === '') return null;
  switch (type) {
    case 'id':
    case 'reference':
      return idFrom(value);
    case 'boolean':
      return booleanFrom(value);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return numberFrom(value);
    case 'date':
      return dateFrom(value);
    case 'datetime':
      return datetimeFrom(value);
    default:
      return withoutNul(value);
  }
}

/** Converts a value in REST's format, from a change or a filter. Throws like `fromText`. */
export function fromRest(type: FieldType, value: RestValue): Stored {
  if (value === null) return null;
  if (typeof value === 'boolean') {
    if (type !== 'boolean') throw new Error(`this is a boolean, but the field is of type ${type}`);
    return value ? 1 : 0;
  }
  if (typeof value === 'number') {
    if (!['int', 'double', 'currency', 'percent'].includes(type))
      throw new Error(`this is a number, but the field is of type ${type}`);
    return value;
  }
  return fromText(type, value);
}

/** Converts a stored value to REST's format. */
export function toRest(type: FieldType, value: Stored): RestValue {
  if (value === null) return null;
  if (type === 'boolean') return value !== 0;
  if (type === 'datetime' && typeof value === 'number') return restDatetime(value);
  return typeof value === 'string' ? withNul(value) : value;
}

/** Formats a datetime as `2026-01-01T00:00:00.000+0000`. That is REST's format; Bulk API writes `Z`. */
function restDatetime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}

/** Rounds milliseconds since 1970 down to a whole second. */
export function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function idFrom(value: string): string {
  if (!isId(value)) throw new Error('this is not a Salesforce id of 15 or 18 characters');
  const long = longId(value);
  if (value.length === 18 && value !== long)
    throw new Error(`'${value}' is an id with a wrong checksum (it should read '${long}')`);
  return long;
}

function booleanFrom(value: string): number {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw new Error('this is neither true nor false');
  return lower === 'true' ? 1 : 0;
}

function numberFrom(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new Error('this is not a number');
  return number;
}

function dateFrom(value: string): string {
  if (!DATE.test(value) || !isCalendarDay(value)) throw new Error('this is not a date of the form YYYY-MM-DD');
  return value;
}

function datetimeFrom(value: string): number {
  const wellFormed = DATETIME.test(value) && isCalendarDay(value.slice(0, 10));
  const milliseconds = wellFormed ? Date.parse(value.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new Error('this is not a datetime like 2026-01-01T00:00:00.000Z');
  return wholeSeconds(milliseconds);
}

/** Whether the calendar has the day. `Date.parse` reads 31 February as 3 March. */
function isCalendarDay(day: string): boolean {
  if (day.slice(8) <= '28' && day.slice(8) >= '01' && day.slice(5, 7) >= '01' && day.slice(5, 7) <= '12') return true;
  const milliseconds = Date.parse(day);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(day);
}
