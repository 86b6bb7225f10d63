import { isUtf8, transcode } from 'node:buffer';
import type { z } from 'zod';

/** The file holds what this program never wrote. `Database` says what to do. */
export class Damage extends Error {
  override name = 'Damage';
}

/**
 * A column that a statement reads, and what its value must be. libsql ends the process where a text is not UTF-8, or where a
 * column's declared type is not, and it cuts texts at U+0000. So nothing is selected as it stands: a text that is not plain
 * comes as a blob, an expression has no declared type.
 */
export interface Column<Value> {
  /** What to select: SQL. */
  readonly sql: string;
  /** Throws `Damage` for what the column never holds. */
  readonly read: (stored: unknown) => Value;
}

export type Columns = readonly Column<unknown>[];

/** What a row of these columns is read as. */
export type RowOf<Of extends Columns> = {
  -readonly [At in keyof Of]: Of[At] extends Column<infer Value> ? Value : never;
};

/** The same column for the same SQL, by which its statements are kept. */
function kept<Value>(make: (sql: string) => Column<Value>): (sql: string) => Column<Value> {
  const made = new Map<string, Column<Value>>();
  return (sql) => {
    const known = made.get(sql) ?? make(sql);
    made.set(sql, known);
    return known;
  };
}

/** Shorter plain texts come as they are: a blob costs libsql more than all the rest of a row. */
const SHORT = 128;

/** Bytes of a text that is worth a detour. */
const LONG = 4_096;

/** A text of any length. */
export const text = kept((sql): Column<string> => {
  const isPlain = `octet_length(${sql}) < ${SHORT} and ${sql} not glob '*[^ -~]*' and length(${sql}) = octet_length(${sql})`;
  return { sql: `iif(${isPlain}, ${sql}, cast(${sql} as blob))`, read: textOf };
});

/** The texts of all rows, none of which has a line break: as one, for libsql takes long for each row that it hands over. */
export const lines = kept(
  (sql): Column<string[]> => ({
    sql: `cast(group_concat(${sql}, char(10)) as blob)`,
    read: (stored) => (stored === null ? [] : textOf(stored).split('\n')),
  }),
);

/** A JSON text of that form. */
export function json<Value>(sql: string, form: z.ZodType<Value>): Column<Value> {
  // What a search begins with is the same as at the one before.
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

/** A whole number that JavaScript holds exactly. */
export const integer = kept(
  (sql): Column<number> =>
    // Numbers are less than every text and blob.
    ({ sql: `iif(${sql} >= '', x'', ${sql})`, read: integerOf }),
);

/** The number of a row, or a column that is one. SQLite knows no other that is not whole. */
export const rowNumber = kept((sql): Column<number> => ({ sql: `+${sql}`, read: integerOf }));

/** The numbers of all rows, as one: see `lines`. */
export const rowNumbers = kept(
  (sql): Column<number[]> => ({
    sql: `group_concat(+${sql})`,
    read: (stored) => (stored === null ? [] : `${stored}`.split(',').map((each) => integerOf(Number(each)))),
  }),
);

/** 0 or 1. */
export const flag = kept(
  (sql): Column<boolean> => ({
    sql: integer(sql).sql,
    read: (stored) => {
      if (stored !== 0 && stored !== 1) throw new Damage('a yes or no is something else');
      return stored === 1;
    },
  }),
);

/** Milliseconds since 1970, which a Date can hold. */
export const time = kept(
  (sql): Column<number> => ({
    sql: integer(sql).sql,
    read: (stored) => {
      const ms = integerOf(stored);
      if (Math.abs(ms) > LAST_TIME) throw new Damage('a time is not a time');
      return ms;
    },
  }),
);

/** A time as ISO text. */
export const isoTime = kept(
  (sql): Column<string> => ({
    sql: text(sql).sql,
    read: (stored) => {
      const iso = textOf(stored);
      if (!isTime(iso)) throw new Damage('a time is not a time');
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

/** Null, too. */
export function optional<Value>({ sql, read }: Column<Value>): Column<Value | null> {
  return { sql, read: (stored) => (stored === null ? null : read(stored)) };
}

/** The last time that a Date holds. */
export const LAST_TIME = 8.64e15;

export function isTime(iso: string): boolean {
  return !Number.isNaN(Date.parse(iso));
}

/** The value of a JSON text of that form. Throws `Damage`. */
export function jsonOf<Value>(stored: string, form: z.ZodType<Value>): Value {
  const value = parsed(stored);
  // The form says nothing of what a later version may have added.
  if (!form.safeParse(value).success) throw new Damage('a JSON text has another form');
  return value as Value;
}

function parsed(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    throw new Damage('a JSON text is not JSON');
  }
}

function textOf(stored: unknown): string {
  if (typeof stored === 'string') return stored;
  if (!(stored instanceof Buffer)) throw new Damage('a text is missing');
  if (!isUtf8(stored)) throw new Damage('a text is not UTF-8');
  // Of a long text that is not plain, `toString` alone takes several times as long.
  return stored.length < LONG ? stored.toString() : transcode(stored, 'utf8', 'utf16le').toString('utf16le');
}

function integerOf(stored: unknown): number {
  if (!Number.isSafeInteger(stored)) throw new Damage('a number is not a whole number');
  return stored as number;
}
