import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, type Info, parse } from 'csv-parse';
import type { Database } from 'libsql';
import { OrgFolderError } from './errors.ts';
import { defaultFor, FILLED_COLUMNS } from './stamps.ts';
import { columnsOf, createIndexes, createTable, keyField, quoted } from './table.ts';
import type { ObjectSchema } from './types.ts';
import { fromText, type Stored } from './values.ts';

interface CsvRecord {
  readonly record: string[];
  readonly info: Info;
}

/** Reads a CSV file record by record, the header included. Throws `OrgFolderError` for what is no CSV. */
async function* records(path: string): AsyncGenerator<CsvRecord> {
  const file = createReadStream(path);
  const parser = parse({ bom: true, info: true });
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const read of parser as AsyncIterable<CsvRecord>) yield read;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new OrgFolderError(`${basename(path)} line ${error.lines}: ${csvHint(error)}`);
  } finally {
    file.destroy();
  }
}

function csvHint(error: CsvError): string {
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
    return 'this row does not have as many values as the header has names. Add or remove the values.';
  return `this is not valid CSV (${error.code}). Look for a quote that is not closed or not doubled.`;
}

/** The header of a CSV file: API field names, each once. Throws `OrgFolderError`. */
export async function readHeader(path: string): Promise<string[]> {
  for await (const { record } of records(path)) {
    const empty = record.findIndex((name) => name.trim() === '');
    if (empty >= 0)
      throw new OrgFolderError(`${basename(path)} line 1: column ${empty + 1} has no name. Write the API field name.`);
    const seen = new Set<string>();
    for (const name of record) {
      if (seen.has(name.toLowerCase()))
        throw new OrgFolderError(`${basename(path)} line 1: column ${name} stands there twice. Remove one.`);
      seen.add(name.toLowerCase());
    }
    return record;
  }
  throw new OrgFolderError(
    `${basename(path)} line 1: there is no header. Write the API field names, or delete the file.`,
  );
}

/** Makes the table of an sObject and fills it from its file (null: it stays empty). One transaction. */
export async function loadTable(db: Database, schema: ObjectSchema, path: string | null): Promise<void> {
  createTable(db, schema);
  if (path !== null) {
    db.exec('BEGIN');
    await insertAll(db, schema, path);
    db.exec('COMMIT');
  }
  createIndexes(db, schema);
  if (path !== null) await refuseDuplicates(db, schema, path);
}

async function insertAll(db: Database, schema: ObjectSchema, path: string): Promise<void> {
  const header = await readHeader(path);
  const key = header.indexOf(keyField(schema));
  if (key < 0)
    throw new OrgFolderError(`${basename(path)} line 1: there is no column ${keyField(schema)}. Every row needs one.`);
  const types = new Map(columnsOf(schema).map((field) => [field.name, field.type]));
  const columns = header.map((name, at) => {
    const type = types.get(name);
    if (type === undefined)
      throw new OrgFolderError(`${basename(path)} line 1: ${name} is a compound field. Give its parts instead.`);
    return { name, type, at };
  });
  const filled = FILLED_COLUMNS.filter((name) => types.has(name));
  const names = [...new Set([...header, ...filled])];
  const position = new Map(names.map((name, at) => [name, at]));
  const insert = db.prepare(
    `INSERT INTO ${quoted(schema.name)} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );

  let first = true;
  for await (const { record, info } of records(path)) {
    if (first) {
      first = false;
      continue;
    }
    const row: Stored[] = new Array<Stored>(names.length).fill(null);
    for (const { name, type, at } of columns) {
      try {
        row[at] = fromText(type, record[at] ?? '');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new OrgFolderError(`${basename(path)} line ${info.lines}: column ${name}: ${reason}. Correct the value.`);
      }
    }
    if (row[key] === null || row[key] === undefined)
      throw new OrgFolderError(
        `${basename(path)} line ${info.lines}: there is no ${header[key]}. Every row needs one.`,
      );
    const given = (name: string): Stored => row[position.get(name) ?? -1] ?? null;
    const defaults = filled
      .filter((name) => given(name) === null)
      .map((name) => [name, defaultFor(name, given)] as const);
    for (const [name, value] of defaults) row[position.get(name) ?? -1] = value;
    insert.run(row);
  }
}

/**
 * Ids are unique, but for those that begin with 000: Salesforce makes such ObjectPermissions rows up, and they all have
 * the same id.
 */
async function refuseDuplicates(db: Database, schema: ObjectSchema, path: string): Promise<void> {
  const key = quoted(keyField(schema));
  const twice: unknown = db
    .prepare(
      `SELECT ${key}, max(rowid) FROM ${quoted(schema.name)} WHERE NOT (${key} >= '000' AND ${key} < '001')
       GROUP BY ${key} HAVING count(*) > 1 LIMIT 1`,
    )
    .raw()
    .get([]);
  if (!Array.isArray(twice)) return;
  let row = -1;
  for await (const { info } of records(path)) {
    row++;
    if (row === twice[1])
      throw new OrgFolderError(
        `${basename(path)} line ${info.lines}: ${keyField(schema)} '${twice[0]}' stands there twice. Remove one of the rows.`,
      );
  }
}
