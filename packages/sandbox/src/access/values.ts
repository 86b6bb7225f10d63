import type { Row } from '../org/types.ts';

/** Returns a text column; null if it is null, empty or missing. */
export function text(row: Row | undefined, column: string): string | null {
  const value = row?.[column];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Returns a checkbox; null if it is null or missing. A column that the sandbox doesn't know is text. */
export function flag(row: Row | undefined, column: string): boolean | null {
  const value = row?.[column];
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && value !== '') return value.toLowerCase() === 'true';
  return null;
}

/** Returns a datetime column in milliseconds; null if it is null or not a date. */
export function time(row: Row, column: string): number | null {
  const value = row[column];
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** Groups rows by one of their text columns; rows without a value are left out. */
export function groupBy(rows: readonly Row[], column: string): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const key = text(row, column);
    if (key === null) continue;
    const list = grouped.get(key);
    if (list === undefined) grouped.set(key, [row]);
    else list.push(row);
  }
  return grouped;
}
