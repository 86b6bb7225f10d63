import { setImmediate as breathe } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MEMBERSHIP_TABLES } from '../../../access/queries.ts';
import type { OrgTables, Table } from '../../../access/tables.ts';
import type { TableName, TableReason } from '../../../facts/coverage-gaps.ts';
import type { StoredTables, TableReadings } from '../../port/membership.ts';
import type { Database } from '../file/database.ts';
import { DESCRIBED, READING, TABLE_REASON } from '../file/forms.ts';
import { bytes, Damage, integer, json, optional, text, time } from '../file/stored.ts';
import { readMeta } from './meta.ts';

/** The number of rows in one stored piece: some 10 ms to pack or to unpack. */
const PIECE_ROWS = 2_000;

type Row = Readonly<Record<string, unknown>>;

/** Rows of one of the org's tables in their stored form. */
export interface Piece {
  readonly table: TableName;
  readonly piece: number;
  readonly count: number;
  /** `{columns, rows}` as compressed JSON: column names occur once, not in each row. */
  readonly rows: Buffer;
}

/** Stores a generation's tables without their rows, in a write transaction. */
export function insertOrgTables(db: Database, gen: number, tables: OrgTables, readings: TableReadings): void {
  db.run('insert into org_fields (gen, described) values (?, ?)', gen, JSON.stringify(tables.described));
  for (const table of MEMBERSHIP_TABLES) {
    const read = tables[table];
    const reading = readings[table];
    db.run(
      'insert into org_table (gen, name, reason, reading) values (?, ?, ?, ?)',
      gen,
      table,
      read.rows === null ? JSON.stringify(read.reason) : null,
      reading === undefined ? null : JSON.stringify(reading),
    );
  }
}

/** Packs the rows of all tables, lazily. */
export function* piecesOf(tables: OrgTables): Generator<Piece> {
  for (const table of MEMBERSHIP_TABLES) {
    const rows: readonly Row[] = tables[table].rows ?? [];
    for (let from = 0, piece = 0; from < rows.length; from += PIECE_ROWS, piece++) {
      const some = rows.slice(from, from + PIECE_ROWS);
      yield { table, piece, count: some.length, rows: packed(some) };
    }
  }
}

/** Stores a piece, in a write transaction. */
export function insertPiece(db: Database, gen: number, { table, piece, rows }: Piece): void {
  db.run('insert into org_rows (gen, name, piece, rows) values (?, ?, ?, ?)', gen, table, piece, rows);
}

/**
 * Reads the org's tables behind a membership generation, from which explanations are made. A null column and a missing
 * one mean the same. Call it in a read transaction of the file with the generation.
 */
export function readOrgTables(db: Database, gen: number): OrgTables {
  const collected = new Collected(db, gen);
  for (const step of collected.steps()) step();
  return collected.tables();
}

/** See `MembershipStore.membershipTables`. */
export function membershipTables(db: Database): Promise<StoredTables | null> {
  return db.readingInTurn(async () => {
    const current = currentReadings(db);
    if (current === null) return null;
    const { gen, ...held } = current;
    const collected = new Collected(db, gen);
    for (const step of collected.steps()) {
      step();
      await breathe();
    }
    return { ...held, tables: collected.tables() };
  });
}

/** See `MembershipStore.membershipReadings`. */
export function membershipReadings(db: Database): Promise<Omit<StoredTables, 'tables'> | null> {
  return db.readingInTurn(() => {
    const current = currentReadings(db);
    return current && { asOf: current.asOf, readings: current.readings };
  });
}

function currentReadings(db: Database) {
  const { generation: gen } = readMeta(db);
  if (gen === null) return null;
  const asOf = db.value(time('as_of'), 'from generation where gen = ?', gen) ?? 0;
  const kept = db.all(
    [text('name'), json('reading', READING)],
    'from org_table where gen = ? and reading is not null',
    gen,
  );
  const readings: TableReadings = Object.fromEntries(kept);
  return { gen, asOf, readings };
}

/** A reader of a generation's tables, one piece per step. */
class Collected {
  readonly #db: Database;
  readonly #gen: number;
  readonly #tables = new Map<string, Table<Row>>();

  constructor(db: Database, gen: number) {
    this.#db = db;
    this.#gen = gen;
  }

  *steps(): Generator<() => void> {
    const tables = this.#db.all([text('name'), optional(text('reason'))], 'from org_table where gen = ?', this.#gen);
    for (const [name, reason] of tables) {
      const rows: Row[] = [];
      this.#tables.set(name, reason === null ? { rows } : { rows: null, reason: reasonIn(reason) });
      const pieces = this.#db.values(
        integer('piece'),
        'from org_rows where gen = ? and name = ? order by piece',
        this.#gen,
        name,
      );
      for (const piece of pieces)
        yield () => {
          for (const row of this.#piece(name, piece)) rows.push(row);
        };
    }
  }

  tables(): OrgTables {
    const described = this.#db.value(json('described', DESCRIBED), 'from org_fields where gen = ?', this.#gen);
    if (described === undefined) throw new Damage(`the tables of the membership generation ${this.#gen} are gone`);
    const tables = MEMBERSHIP_TABLES.map((table): [TableName, Table<Row>] => {
      return [table, this.#tables.get(table) ?? { rows: null, reason: { kind: 'not_kept' } }];
    });
    return { ...Object.fromEntries(tables), described } as OrgTables;
  }

  #piece(name: string, piece: number): Row[] {
    const rows = this.#db.value(
      bytes('rows'),
      'from org_rows where gen = ? and name = ? and piece = ?',
      this.#gen,
      name,
      piece,
    );
    return rows === undefined ? [] : unpacked(rows);
  }
}

/** Parses a reason. Releases before codes wrote a text. */
function reasonIn(stored: string): TableReason {
  try {
    return TABLE_REASON.parse(JSON.parse(stored));
  } catch {
    return { kind: 'told', text: stored };
  }
}

interface PackedRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

function packed(rows: readonly Row[]): Buffer {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const content: PackedRows = { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
  return gzipSync(JSON.stringify(content), { level: 1 });
}

function unpacked(bytes: Buffer): Row[] {
  const { columns, rows } = JSON.parse(inflated(bytes).toString()) as PackedRows;
  return rows.map((values) => Object.fromEntries(columns.map((column, at) => [column, values[at]])));
}

/** Unpacks bytes. The compressed form has a checksum, so the result is what was packed. */
function inflated(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    throw new Damage('rows of an org table cannot be unpacked');
  }
}
