import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { shareRow } from '../../src/access/shares.ts';
import type { RecordWrite, ShareWrite } from '../../src/index/port/documents.ts';
import {
  fieldLists,
  type IndexedFields,
  type IndexedObject,
  OBJECTS,
  type ObjectName,
  STANDARD_FIELDS,
} from '../../src/objects/index.ts';

/** Some records of one object in the order of their Ids, each with its share rows, as a complete backfill writes them. */
export interface OrgBatch {
  readonly records: readonly RecordWrite[];
  readonly shares: readonly ShareWrite[];
}

type Row = Readonly<Record<string, string>>;

/** Returns the standard fields and all custom fields of an org folder of the sandbox. */
export async function fieldsOfOrg(folder: string): Promise<IndexedFields> {
  const custom = new Map<ObjectName, string[]>();
  for (const { name } of OBJECTS)
    for await (const row of rowsOf(folder, name)) {
      custom.set(
        name,
        Object.keys(row).filter((column) => column.endsWith('__c')),
      );
      break;
    }
  const fields = fieldLists(({ name, fields: own }) => [...own, ...(custom.get(name) ?? [])]);
  return { fields, titleFields: STANDARD_FIELDS.titleFields };
}

/** Reads all records of an org folder, accounts first. The generator writes both files in the order of Ids. */
export async function* batchesOfOrg(folder: string, { fields }: IndexedFields, size: number): AsyncGenerator<OrgBatch> {
  for (const object of OBJECTS) {
    const groups = object.name === 'Contact' ? emptyGroups() : groupsOf(folder, object);
    let next = (await groups.next()).value;
    let records: RecordWrite[] = [];
    let shares: ShareWrite[] = [];
    for await (const row of rowsOf(folder, object.name)) {
      const record = recordIn(object, fields[object.name], row);
      const own = next?.parentId === record.id ? next.rows : [];
      if (next?.parentId === record.id) next = (await groups.next()).value;
      const newest =
        own
          .map(({ at }) => at)
          .toSorted()
          .at(-1) ?? null;
      records.push(record);
      // Contacts are controlled by their account, so nobody reads share rows of theirs.
      if (object.name !== 'Contact')
        shares.push({
          parentId: record.id,
          object: object.name,
          rowCount: own.length,
          rows: own.map(({ share }) => share),
          newest,
          version: 1,
        });
      if (records.length < size) continue;
      yield { records, shares };
      records = [];
      shares = [];
    }
    if (next !== undefined) throw new Error(`${next.parentId} has share rows and no record, or is out of order.`);
    yield { records, shares };
  }
}

interface Group {
  readonly parentId: string;
  readonly rows: { readonly share: ShareWrite['rows'][number]; readonly at: string }[];
}

async function* emptyGroups(): AsyncGenerator<Group, undefined> {}

async function* groupsOf(folder: string, object: IndexedObject): AsyncGenerator<Group, undefined> {
  let open: Group = { parentId: '', rows: [] };
  for await (const row of rowsOf(folder, object.share.object)) {
    const parentId = row[object.share.parentField] ?? '';
    if (open.parentId !== parentId) {
      if (open.rows.length > 0) yield open;
      open = { parentId, rows: [] };
    }
    open.rows.push({ share: shareRow(object, row), at: row.LastModifiedDate ?? '' });
  }
  if (open.rows.length > 0) yield open;
}

function recordIn(object: IndexedObject, fields: readonly string[], row: Row): RecordWrite {
  const { accountField } = object;
  return {
    id: row.Id ?? '',
    object: object.name,
    ownerId: row.OwnerId || null,
    accountId: (accountField !== null && row[accountField]) || null,
    isPrivate: row.IsPrivate === 'true',
    isPersonAccount: false,
    fields: Object.fromEntries(fields.flatMap((field) => (row[field] ? [[field, row[field]]] : []))),
    modified: row.SystemModstamp ?? '',
    version: 1,
  };
}

async function* rowsOf(folder: string, table: string): AsyncGenerator<Row> {
  const file = createReadStream(join(folder, `${table}.csv`));
  for await (const row of file.pipe(parse({ bom: true, columns: true }))) yield row as Row;
}
