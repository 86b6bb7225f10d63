import type { Database } from 'libsql';
import { planSoql } from '../costs/plan-soql.ts';
import { type CostSettings, countFactor, DEFAULT_COSTS } from '../costs/settings.ts';
import type { QueryPlan } from '../costs/types.ts';
import { executeQuery } from '../soql/execute.ts';
import type { QueryContext } from '../soql/scope.ts';
import { VirtualRows } from '../virtual/virtual-rows.ts';
import { Clock } from './clock.ts';
import { readHeader } from './csv.ts';
import { OrgFolderError } from './errors.ts';
import { csvFiles } from './folder.ts';
import { loadTable } from './load.ts';
import { checkRunAs, defaultRunAs } from './run-as.ts';
import { changedField, customField, describeObject, KNOWN_OBJECTS } from './schema/index.ts';
import { readSettings } from './settings.ts';
import { OrgTables } from './tables.ts';
import { temporaryDatabase } from './temporary.ts';
import type { FieldDeclaration, ObjectSchema, Org, OrgSettings, QueryResult, Row, Visibility } from './types.ts';

/**
 * Opens an org folder: reads `org.json` and every CSV file into a private temporary database. The database is removed
 * when it is closed or the process ends. Throws `OrgFolderError` if the folder is invalid.
 */
export async function openOrg(folder: string): Promise<Org> {
  const files = csvFiles(folder);
  const { runAs, ...settings } = readSettings(folder);
  const absent = new Set(settings.absent);
  const names = new Set([...KNOWN_OBJECTS.map((object) => object.name), ...files.keys()]);
  const present = [...names].filter((name) => !absent.has(name));
  for (const name of Object.keys(settings.fields))
    if (!present.includes(name))
      throw new OrgFolderError(
        `org.json: "fields" names ${name}, which this org does not have. Correct the name, or add ${name}.csv.`,
      );

  const db = temporaryDatabase();
  try {
    db.exec('BEGIN');
    const schemas: ObjectSchema[] = [];
    for (const name of present) {
      const path = files.get(name) ?? null;
      const header = path === null ? null : await readHeader(path);
      const schema = describeObject(name, header, settings.fields[name] ?? {}, files.has('FieldPermissions'));
      await loadTable(db, schema, path);
      schemas.push(schema);
    }
    db.exec('COMMIT');
    checkHidden(settings.hiddenFields, schemas);
    const has = (...wanted: string[]): boolean => wanted.every((name) => present.includes(name));
    if (runAs !== null) checkRunAs(db, runAs, has('User'));
    const integrationUser = runAs ?? defaultRunAs(db, has('User', 'PermissionSet', 'PermissionSetAssignment'));
    const virtual = settings.virtual === null ? null : new VirtualRows(db, settings.virtual);
    const tables = new OrgTables(db, schemas, virtual);
    return new SqliteOrg(tables, { ...settings, runAs: integrationUser }, files.has('FieldPermissions'));
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkHidden(hidden: readonly string[], schemas: readonly ObjectSchema[]): void {
  const known = new Set(schemas.flatMap(({ name, fields }) => fields.map((field) => `${name}.${field.name}`)));
  for (const name of hidden)
    if (!known.has(name))
      throw new OrgFolderError(`org.json: "hidden_fields" names ${name}, which this org does not have. Remove it.`);
}

class SqliteOrg implements Org {
  readonly settings: OrgSettings;
  readonly clock = new Clock();
  costs: CostSettings | null;
  readonly #tables: OrgTables;
  readonly #hasFieldPermissions: boolean;
  #stamp: Date | null = null;
  #revision = 0;

  constructor(tables: OrgTables, settings: OrgSettings, hasFieldPermissions: boolean) {
    this.#tables = tables;
    this.settings = settings;
    this.costs = settings.costs;
    this.#hasFieldPermissions = hasFieldPermissions;
  }

  get db(): Database {
    return this.#tables.db;
  }

  get revision(): number {
    return this.#revision;
  }

  objects(): readonly ObjectSchema[] {
    return this.#tables.schemas;
  }

  query(soql: string, options: { readonly all: boolean; readonly visibility: Visibility }): QueryResult {
    return executeQuery(soql, this.#context(options.visibility, options.all));
  }

  plan(soql: string, visibility: Visibility): QueryPlan {
    return planSoql(soql, this.#context(visibility, true), this.costs ?? DEFAULT_COSTS);
  }

  #context(visibility: Visibility, all: boolean): Omit<QueryContext, 'soql'> {
    return {
      tables: this.#tables,
      visibility,
      all,
      now: this.now(),
      apiVersion: this.settings.apiVersion,
      countFactor: (object) => countFactor(this.costs, object),
    };
  }

  count(object: string): number {
    return this.#tables.count(object);
  }

  now(): Date {
    return this.clock.now();
  }

  advanceClock(seconds: number): void {
    this.clock.pass(seconds * 1000);
    this.#revision++;
  }

  rows(object: string, where: Row = {}): Row[] {
    return this.#tables.rows(object, where);
  }

  put(object: string, row: Row): void {
    this.#tables.put(object, row, this.#stamp ?? this.now());
    this.#revision++;
  }

  stamping<T>(at: Date, work: () => T): T {
    this.#stamp = at;
    try {
      return work();
    } finally {
      this.#stamp = null;
    }
  }

  erase(object: string, id: string): void {
    this.#tables.erase(object, id);
    this.#revision++;
  }

  addField(object: string, name: string, declaration: FieldDeclaration): void {
    this.#tables.addField(object, customField(object, name, declaration, this.#hasFieldPermissions));
    this.#revision++;
  }

  changeField(object: string, name: string, declaration: FieldDeclaration): void {
    const field = this.#tables.field(object, name);
    this.#tables.changeField(object, changedField(object, field, declaration, this.#hasFieldPermissions));
    this.#revision++;
  }

  dropField(object: string, name: string): void {
    this.#tables.dropField(object, name);
    this.#revision++;
  }

  transaction<T>(work: () => T): T {
    const { schemas } = this.#tables;
    this.db.exec('SAVEPOINT change');
    try {
      return work();
    } catch (error) {
      this.db.exec('ROLLBACK TO change');
      this.#tables.schemas = schemas;
      this.#revision++;
      throw error;
    } finally {
      this.db.exec('RELEASE change');
    }
  }

  close(): void {
    this.#tables.db.close();
  }
}
