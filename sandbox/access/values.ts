import type { Row } from '../org/types.ts';

/** A text column; null where it is null, empty or not there. */
export function text(row: Row | undefined, column: string): string | null {
  const value = row?.[column];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A checkbox; null where it is null or the folder has no such column. A column that the org does not know is text. */
export function flag(row: Row | undefined, column: string): boolean | null {
  const value = row?.[column];
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && value !== '') return value.toLowerCase() === 'true';
  return null;
}

/** Milliseconds of a datetime column; null where it is null or no date. */
export function time(row: Row, column: string): number | null {
  const value = row[column];
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** Rows by a text column of theirs. */
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
