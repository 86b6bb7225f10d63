import { isUtf8, transcode } from 'node:buffer';
import type { z } from 'zod';

/** The file contains something that this program never wrote. `Database` adds what to do. */
export class Damage extends Error {
  override name = 'Damage';
}

/**
 * A column that a statement reads, and what its value must be. libsql ends the process if a text or a column's declared
 * type is not UTF-8, and it cuts texts at U+0000. So nothing is selected directly: a text that is not plain comes as a
 * blob, and an expression has no declared type.
 */
export interface Column<Value> {
  /** The SQL to select. */
  readonly sql: string;
  /** Reads a value. Throws `Damage` for what the column never has. */
  readonly read: (stored: unknown) => Value;
}

export type Columns = readonly Column<unknown>[];

/** The values of a row with these columns. */
export type RowOf<Of extends Columns> = {
  -readonly [At in keyof Of]: Of[At] extends Column<infer Value> ? Value : never;
};

/** Caches columns, so that the same SQL gives the same column, which owns its statements. */
function parseWith<Value>(make: (sql: string) => Column<Value>): (sql: string) => Column<Value> {
  const made = new Map<string, Column<Value>>();
  return (sql) => {
    const known = made.get(sql) ?? make(sql);
    made.set(sql, known);
    return known;
  };
}

/** Shorter plain texts come directly: a blob costs libsql more than the rest of a row. */
const SHORT = 128;

/** The number of bytes from which the faster decoder pays off. */
const LONG = 4_096;

/** A text of any length. */
export const text = parseWith((sql): Column<string> => {
  const isPlain = `octet_length(${sql}) < ${SHORT} and ${sql} not glob '*[^ -~]*' and length(${sql}) = octet_length(${sql})`;
  return { sql: `iif(${isPlain}, ${sql}, cast(${sql} as blob))`, read: textOf };
});

/**
 * The texts of all rows, joined to one, because libsql takes long for each row that it returns. No text may have a line
 * break.
 */
export const lines = parseWith(
  (sql): Column<string[]> => ({
    sql: `cast(group_concat(${sql}, char(10)) as blob)`,
    read: (stored) => (stored === null ? [] : textOf(stored).split('\n')),
  }),
);

/** Returns a column with a JSON text of that form. */
export function json<Value>(sql: string, form: z.ZodType<Value>): Column<Value> {
  // A search usually begins with the same text as the one before.
  let last: { readonly stored: string; readonly value: Value } | null = null;
  return {
    sql: text(sql).sql,
    read(given) {
      const stored = textOf(given);
      if (last?.stored !== stored) last = { stored, value: jsonOf(stored, form) };
      return last.value;
    },
  };
}

/** A whole number that JavaScript represents exactly. */
export const integer = parseWith(
  (sql): Column<number> =>
    // In SQLite, numbers are less than every text and blob.
    ({ sql: `iif(${sql} >= '', x'', ${sql})`, read: integerOf }),
);

/** A row number, or a column that is one. SQLite allows only whole numbers there. */
export const rowNumberIn = parseWith((sql): Column<number> => ({ sql: `+${sql}`, read: integerOf }));

/** The numbers of all rows, joined to one: see `lines`. */
export const rowNumbersIn = parseWith(
  (sql): Column<number[]> => ({
    sql: `group_concat(+${sql})`,
    read: (stored) => (stored === null ? [] : `${stored}`.split(',').map((each) => integerOf(Number(each)))),
  }),
);

/** 0 or 1, as a boolean. */
export const flag = parseWith(
  (sql): Column<boolean> => ({
    sql: integer(sql).sql,
    read: (stored) => {
      if (stored !== 0 && stored !== 1) throw new Damage('a boolean is invalid');
      return stored === 1;
    },
  }),
);

/** Milliseconds since 1970, in the range of a Date. */
export const time = parseWith(
  (sql): Column<number> => ({
    sql: integer(sql).sql,
    read: (stored) => {
      const ms = integerOf(stored);
      if (Math.abs(ms) > LAST_TIME) throw new Damage('a time is invalid');
      return ms;
    },
  }),
);

/** A time as ISO text. */
export const isoTime = parseWith(
  (sql): Column<string> => ({
    sql: text(sql).sql,
    read: (stored) => {
      const iso = textOf(stored);
      if (!isTime(iso)) throw new Damage('a time is invalid');
      return iso;
    },
  }),
);

export function bytes(sql: string): Column<Buffer> {
  return {
    sql: `cast(${sql} as blob)`,
    read: (stored) => {
      if (!(stored instanceof Buffer)) throw new Damage('bytes are missing');
      return stored;
    },
  };
}

/** Returns a column that may also be null. */
export function optional<Value>({ sql, read }: Column<Value>): Column<Value | null> {
  return { sql, read: (stored) => (stored === null ? null : read(stored)) };
}

/** The last time that a Date can represent. */
export const LAST_TIME = 8.64e15;

export function isTime(iso: string): boolean {
  return !Number.isNaN(Date.parse(iso));
}

/** Parses a JSON text of that form. Throws `Damage`. */
export function jsonOf<Value>(stored: string, form: z.ZodType<Value>): Value {
  const value = parsed(stored);
  // The result is the value itself, because the form drops what a later version may have added.
  if (!form.safeParse(value).success) throw new Damage('a JSON text has an unexpected form');
  return value as Value;
}

function parsed(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    throw new Damage('a JSON text is invalid');
  }
}

function textOf(stored: unknown): string {
  if (typeof stored === 'string') return stored;
  if (!(stored instanceof Buffer)) throw new Damage('a text is missing');
  if (!isUtf8(stored)) throw new Damage('a text is not UTF-8');
  // `toString` takes several times as long for a long text that is not plain.
  return stored.length < LONG ? stored.toString() : transcode(stored, 'utf8', 'utf16le').toString('utf16le');
}

function integerOf(stored: unknown): number {
  if (!Number.isSafeInteger(stored)) throw new Damage('a number is not a whole number');
  return stored as number;
}
