import type { Database } from 'libsql';
import type { VirtualRows } from '../virtual/virtual-rows.ts';
import { OrgChangeError } from './errors.ts';
import { defaultFor, FILLED_COLUMNS } from './stamps.ts';
import { addColumn, columnsOf, keyField, quoted } from './table.ts';
import type { FieldSchema, ObjectSchema, Row } from './types.ts';
import { fromRest, type RestValue, type Stored, toRest, wholeSeconds } from './values.ts';

/** The rows of an org. Each sObject has a table, found by API name in any case. */
export class OrgTables {
  readonly db: Database;
  /** Rows that are computed instead of stored; null if the org has none. */
  readonly virtual: VirtualRows | null;
  #schemas: readonly ObjectSchema[] = [];
  #byName: ReadonlyMap<string, ObjectSchema> = new Map();
  /**
   * The highest rowid that each table ever had. SQLite would reuse the rowid of a removed row, but open cursors hold
   * rowids.
   */
  readonly #highest = new Map<string, number>();

  constructor(db: Database, schemas: readonly ObjectSchema[], virtual: VirtualRows | null = null) {
    this.db = db;
    this.virtual = virtual;
    this.schemas = schemas;
  }

  get schemas(): readonly ObjectSchema[] {
    return this.#schemas;
  }

  set schemas(schemas: readonly ObjectSchema[]) {
    this.#schemas = schemas;
    this.#byName = new Map(schemas.map((schema) => [schema.name.toLowerCase(), schema]));
  }

  /** Adds a field. Throws `OrgChangeError` if the object has it. */
  addField(object: string, field: FieldSchema): void {
    const schema = this.#known(object);
    if (schema.fields.some(({ name }) => name.toLowerCase() === field.name.toLowerCase()))
      throw new OrgChangeError(`${schema.name} already has a field ${field.name}.`);
    addColumn(this.db, schema, field);
    this.#replace({ ...schema, fields: [...schema.fields, field] });
  }

  /** Returns a field. Throws `OrgChangeError` if the object lacks it. */
  field(object: string, name: string): FieldSchema {
    const schema = this.#known(object);
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new OrgChangeError(`${schema.name} has no field ${name}.`);
    return field;
  }

  /** Changes a field's description. Its type and values stay. */
  changeField(object: string, changed: FieldSchema): void {
    const schema = this.#known(object);
    this.#replace({ ...schema, fields: schema.fields.map((field) => (field.name === changed.name ? changed : field)) });
  }

  /** Drops a field. Its column stays for open cursors. Throws `OrgChangeError` if the object lacks the field. */
  dropField(object: string, name: string): void {
    const schema = this.#known(object);
    const dropped = this.field(object, name);
    this.#replace({ ...schema, fields: schema.fields.filter((field) => field !== dropped) });
  }

  #replace(changed: ObjectSchema): void {
    this.schemas = this.#schemas.map((schema) => (schema.name === changed.name ? changed : schema));
  }

  /** Returns the sObject with that name; undefined if this org has none. */
  find(object: string): ObjectSchema | undefined {
    return this.#byName.get(object.toLowerCase());
  }

  /**
   * Returns the rows with these values in the file's order, including deleted ones. Throws `OrgChangeError` for unknown
   * names.
   */
  rows(object: string, where: Row): Row[] {
    const schema = this.#known(object);
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    for (const [name, value] of Object.entries(where)) {
      const stored = this.#stored(schema, name, value);
      conditions.push(`${quoted(name)} ${stored === null ? 'IS NULL' : '= ?'}`);
      if (stored !== null) values.push(stored);
      this.#store(schema, name, stored);
    }
    return this.#select(schema, conditions.length === 0 ? '1' : conditions.join(' AND '), values);
  }

  /** Returns the number of rows that are not deleted. */
  count(object: string): number {
    const schema = this.#known(object);
    const deletable = schema.fields.some(({ name }) => name === 'IsDeleted');
    const found: unknown = this.db
      .prepare(`SELECT count(*) FROM ${quoted(schema.name)} WHERE ${deletable ? '"IsDeleted" = 0' : '1'}`)
      .raw()
      .get([]);
    return (Array.isArray(found) ? Number(found[0]) : 0) + (this.virtual?.count(schema.name) ?? 0);
  }

  /** Returns the rows at these SQLite rowids, in that order. Rowids without a row are left out. */
  rowsAt(schema: ObjectSchema, rowids: readonly number[]): { readonly rowid: number; readonly row: Row }[] {
    const columns = columnsOf(schema);
    const found: unknown[] = this.db
      .prepare(
        `SELECT t.rowid, ${columns.map((field) => `t.${quoted(field.name)}`).join(', ')}
         FROM json_each(?) j CROSS JOIN ${quoted(schema.name)} t ON t.rowid = j.value ORDER BY j.key`,
      )
      .raw()
      .all([JSON.stringify(rowids)]);
    return found.map((values) => {
      const [rowid, ...rest] = values as Stored[];
      return { rowid: Number(rowid), row: rowFrom(columns, rest) };
    });
  }

  /**
   * Inserts or changes the row with that Id. Stamps it with the time, as Salesforce stamps every write, unless the row
   * gives its own stamps.
   */
  put(object: string, row: Row, now: Date): void {
    const schema = this.#known(object);
    const key = keyField(schema);
    const given = new Map(Object.entries(row).map(([name, value]) => [name, this.#stored(schema, name, value)]));
    const id = given.get(key) ?? null;
    if (id === null) throw new OrgChangeError(`A row of ${schema.name} needs its ${key}.`);
    this.#store(schema, key, id);

    const columns = columnsOf(schema).map((field) => field.name);
    const stamp = wholeSeconds(now.getTime());
    for (const name of ['SystemModstamp', 'LastModifiedDate'])
      if (columns.includes(name) && (given.get(name) ?? null) === null) given.set(name, stamp);

    const exists: unknown = this.db
      .prepare(`SELECT 1 FROM ${quoted(schema.name)} WHERE ${quoted(key)} = ?`)
      .raw()
      .get([id]);
    if (Array.isArray(exists)) {
      const names = [...given.keys()];
      this.db
        .prepare(
          `UPDATE ${quoted(schema.name)} SET ${names.map((name) => `${quoted(name)} = ?`).join(', ')} WHERE ${quoted(key)} = ?`,
        )
        .run([...given.values(), id]);
      return;
    }
    for (const name of FILLED_COLUMNS)
      if (columns.includes(name) && (given.get(name) ?? null) === null)
        given.set(
          name,
          defaultFor(name, (other) => given.get(other) ?? null),
        );
    this.#insert(schema, given);
  }

  #insert(schema: ObjectSchema, values: ReadonlyMap<string, Stored>): void {
    const rowid = this.#highestRowid(schema) + 1;
    this.#insertion(schema, [...values.keys()]).run([rowid, ...values.values()]);
    this.#highest.set(schema.name, rowid);
  }

  #insertion(schema: ObjectSchema, columns: readonly string[]) {
    const names = ['rowid', ...columns].map(quoted);
    return this.db.prepare(
      `INSERT INTO ${quoted(schema.name)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
  }

  /** Stores the generated rows with that value, so that they can be read and changed. */
  #store(schema: ObjectSchema, column: string, value: Stored): void {
    const { virtual } = this;
    if (virtual === null) return;
    for (const [from, to] of virtual.numbersOf(schema.name, column, value))
      for (let n = from; n < to; n += 1) {
        this.#insert(schema, virtual.values(schema.name, n));
        virtual.leave(schema.name, n);
      }
  }

  /** Runs the work with these generated rows in the table, each at its rowid. */
  withGenerated<T>(schema: ObjectSchema, rows: ReadonlyMap<number, number>, work: () => T): T {
    const { virtual } = this;
    if (virtual === null || rows.size === 0) return work();
    this.db.exec('SAVEPOINT generated');
    try {
      const insertion = this.#insertion(schema, [...virtual.values(schema.name, 0).keys()]);
      for (const [rowid, n] of rows) insertion.run([rowid, ...virtual.values(schema.name, n).values()]);
      return work();
    } finally {
      this.db.exec('ROLLBACK TO generated');
      this.db.exec('RELEASE generated');
    }
  }

  /** Removes the row with that Id. Throws `OrgChangeError` if there is none. */
  erase(object: string, id: string): void {
    const schema = this.#known(object);
    const key = keyField(schema);
    const stored = this.#stored(schema, key, id);
    this.#store(schema, key, stored);
    this.#highest.set(schema.name, this.#highestRowid(schema));
    const { changes } = this.db.prepare(`DELETE FROM ${quoted(schema.name)} WHERE ${quoted(key)} = ?`).run([stored]);
    if (changes === 0) throw new OrgChangeError(`${schema.name} has no row ${id}.`);
  }

  #highestRowid(schema: ObjectSchema): number {
    const known = this.#highest.get(schema.name);
    if (known !== undefined) return known;
    const found: unknown = this.db
      .prepare(`SELECT max(rowid) FROM ${quoted(schema.name)}`)
      .raw()
      .get([]);
    return Array.isArray(found) ? Number(found[0]) : 0;
  }

  #select(schema: ObjectSchema, condition: string, values: readonly (string | number)[]): Row[] {
    const columns = columnsOf(schema);
    const found: unknown[] = this.db
      .prepare(
        `SELECT ${columns.map((field) => quoted(field.name)).join(', ')} FROM ${quoted(schema.name)}
         WHERE ${condition} ORDER BY rowid`,
      )
      .raw()
      .all([...values]);
    return found.map((row) => rowFrom(columns, row as Stored[]));
  }

  #known(object: string): ObjectSchema {
    const schema = this.find(object);
    if (schema === undefined) throw new OrgChangeError(`The org has no sObject ${object}.`);
    return schema;
  }

  #stored(schema: ObjectSchema, name: string, value: RestValue): Stored {
    const field = columnsOf(schema).find((candidate) => candidate.name === name);
    if (field === undefined) throw new OrgChangeError(`${schema.name} has no field ${name}.`);
    try {
      return fromRest(field.type, value);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OrgChangeError(`${schema.name}.${name}: ${reason}.`);
    }
  }
}

function rowFrom(columns: readonly FieldSchema[], values: readonly Stored[]): Row {
  const row: Row = {};
  for (const [at, field] of columns.entries()) row[field.name] = toRest(field.type, values[at] ?? null);
  return row;
}
