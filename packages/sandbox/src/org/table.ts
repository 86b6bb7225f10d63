import type { Database } from 'libsql';
import type { FieldSchema, FieldType, ObjectSchema } from './types.ts';

/** Lookups that get an index because child rows are found by them. Ids and stamps always have one. */
const INDEXED_LOOKUPS = new Set([
  'AccountId',
  'ContactId',
  'CaseId',
  'OpportunityId',
  'LeadId',
  'OwnerId',
  'ParentId',
  'UserId',
  'GroupId',
  'AssigneeId',
  'PermissionSetId',
]);

const STAMPS = new Set(['SystemModstamp', 'LastModifiedDate']);

/** Quotes a name for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns the fields that a table has: all except compound ones, which consist of others. */
export function columnsOf(schema: ObjectSchema): readonly FieldSchema[] {
  return schema.fields.filter((field) => field.type !== 'address');
}

/** Returns the field that identifies an sObject's rows: Id, except for EntityDefinition, whose rows have none. */
export function keyField(schema: ObjectSchema): string {
  return schema.fields.some((field) => field.name === 'Id') ? 'Id' : 'QualifiedApiName';
}

export function createTable(db: Database, schema: ObjectSchema): void {
  const columns = columnsOf(schema).map((field) => `${quoted(field.name)} ${columnType(field.type)}`);
  db.exec(`CREATE TABLE ${quoted(schema.name)} (${columns.join(', ')})`);
}

/** Adds an empty column for a field, and first drops the column that a dropped field of that name left. */
export function addColumn(db: Database, schema: ObjectSchema, field: FieldSchema): void {
  const left: unknown = db
    .prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?')
    .raw()
    .get([schema.name, field.name]);
  const table = quoted(schema.name);
  if (Array.isArray(left)) db.exec(`ALTER TABLE ${table} DROP COLUMN ${quoted(field.name)}`);
  db.exec(`ALTER TABLE ${table} ADD COLUMN ${quoted(field.name)} ${columnType(field.type)}`);
}

/**
 * Creates the indexes. Each ends in Id and IsDeleted, so that SQLite reads a page by (stamp, Id) in order and counts
 * without reading rows. Building them after loading is several times faster than updating them during it.
 */
export function createIndexes(db: Database, schema: ObjectSchema): void {
  const names = columnsOf(schema).map((field) => field.name);
  const key = keyField(schema);
  const tail = [key, 'IsDeleted'].filter((name) => names.includes(name));
  for (const name of names) {
    if (name !== key && !STAMPS.has(name) && !INDEXED_LOOKUPS.has(name)) continue;
    const columns = [name, ...tail.filter((column) => column !== name)].map(quoted);
    db.exec(`CREATE INDEX ${quoted(`${schema.name}.${name}`)} ON ${quoted(schema.name)} (${columns.join(', ')})`);
  }
}

function columnType(type: FieldType): string {
  switch (type) {
    case 'boolean':
    case 'datetime':
    case 'int':
      return 'INTEGER';
    case 'double':
    case 'currency':
    case 'percent':
      return 'REAL';
    case 'id':
    case 'reference':
    case 'date':
      return 'TEXT COLLATE BINARY';
    default:
      // Salesforce compares text case-insensitively. SQLite does so for the letters A to Z only.
      return 'TEXT COLLATE NOCASE';
  }
}
