import { basename } from 'node:path';
import type { Database } from 'libsql';
import { lineOf, readHeader, records } from './csv.ts';
import { OrgFolderError } from './errors.ts';
import { defaultFor, FILLED_COLUMNS } from './stamps.ts';
import { columnsOf, createIndexes, createTable, keyField, quoted } from './table.ts';
import type { FieldType, ObjectSchema } from './types.ts';
import { fromText, type Stored } from './values.ts';

/**
 * Creates an sObject's table and fills it from its file (null leaves it empty), in the caller's transaction. Throws
 * `OrgFolderError`.
 */
export async function loadTable(db: Database, schema: ObjectSchema, path: string | null): Promise<void> {
  const header = path === null ? [] : await readHeader(path);
  if (path !== null) checkHeader(schema, header, basename(path));
  createTable(db, schema);
  if (path !== null) await insertAll(db, schema, path, header);
  createIndexes(db, schema);
  if (path !== null) await refuseDuplicates(db, schema, path);
}

function checkHeader(schema: ObjectSchema, header: readonly string[], file: string): void {
  const key = keyField(schema);
  for (const name of header) {
    const field = schema.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (field !== undefined && field.name !== name)
      throw new OrgFolderError(`${file} line 1: names are case-sensitive here. Write ${field.name}, not ${name}.`);
    if (field?.type === 'address')
      throw new OrgFolderError(`${file} line 1: ${name} is a compound field. Give its parts instead.`);
  }
  if (!header.includes(key))
    throw new OrgFolderError(`${file} line 1: there is no column ${key}. Add it: every row needs one.`);
}

interface CsvColumn {
  readonly name: string;
  readonly type: FieldType;
}

async function insertAll(db: Database, schema: ObjectSchema, path: string, header: readonly string[]): Promise<void> {
  const types = new Map(columnsOf(schema).map((field) => [field.name, field.type]));
  const columns = header.map((name): CsvColumn => ({ name, type: types.get(name) ?? 'string' }));
  const filled = FILLED_COLUMNS.filter((name) => types.has(name));
  const names = [...new Set([...header, ...filled])];
  const fill = filled.map((name) => ({ name, at: names.indexOf(name) }));
  const key = header.indexOf(keyField(schema));
  const insert = db.prepare(
    `INSERT INTO ${quoted(schema.name)} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );

  let at = -1;
  for await (const record of records(path)) {
    at++;
    if (at === 0) continue;
    const row: Stored[] = new Array<Stored>(names.length).fill(null);
    for (const [column, { name, type }] of columns.entries()) {
      try {
        row[column] = fromText(type, record[column] ?? '');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw await broken(path, at, `column ${name}: ${reason}. Correct the value.`);
      }
    }
    if (row[key] === null) throw await broken(path, at, `there is no ${header[key]}. Every row needs one.`);
    const given = row.slice();
    for (const { name, at: position } of fill)
      if (row[position] === null) row[position] = defaultFor(name, (other) => given[names.indexOf(other)] ?? null);
    insert.run(row);
  }
}

async function broken(path: string, record: number, what: string): Promise<OrgFolderError> {
  return new OrgFolderError(`${basename(path)} line ${await lineOf(path, record)}: ${what}`);
}

/**
 * Throws `OrgFolderError` for duplicate ids. Ids that begin with 000 are exempt: Salesforce generates such
 * ObjectPermissions rows, and they all have the same id.
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
  const [id, record] = twice;
  throw await broken(path, Number(record), `${keyField(schema)} '${id}' appears twice. Remove one of the rows.`);
}
