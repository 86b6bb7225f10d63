import type { Database } from 'libsql';
import type { FieldSchema, FieldType, ObjectSchema } from './types.ts';

/** Lookups by which a child's rows are found: they get an index. Ids and stamps have one anyway. */
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

/** A name as SQL takes it, whatever it is. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The fields that a table holds: all but compound ones, which are made of others. */
export function columnsOf(schema: ObjectSchema): readonly FieldSchema[] {
  return schema.fields.filter((field) => field.type !== 'address');
}

/** The field that tells rows of an sObject apart: Id, but for EntityDefinition, whose rows have none. */
export function keyField(schema: ObjectSchema): string {
  return schema.fields.some((field) => field.name === 'Id') ? 'Id' : 'QualifiedApiName';
}

export function createTable(db: Database, schema: ObjectSchema): void {
  const columns = columnsOf(schema).map((field) => `${quoted(field.name)} ${columnType(field.type)}`);
  db.exec(`CREATE TABLE ${quoted(schema.name)} (${columns.join(', ')})`);
}

/** Adds a field's column, empty; one that a dropped field of that name has left goes first. */
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
 * Every index ends in Id and IsDeleted, so that a page by (stamp, Id) is read in order, and a count never touches the
 * rows. Made after loading: that is several times faster than keeping them up to date meanwhile.
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
      // Salesforce compares text whatever its case; SQLite does so for the letters A to Z only.
      return 'TEXT COLLATE NOCASE';
  }
}
