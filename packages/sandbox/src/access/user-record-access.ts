import { longId } from '../org/ids.ts';
import type { Org, QueryResult, Row, Visibility } from '../org/types.ts';
import type { Condition, Literal, Query } from '../soql/ast.ts';
import { errorAt, messages, SoqlError } from '../soql/errors.ts';
import { parse } from '../soql/parse.ts';
import { unescapeString } from '../soql/strings.ts';
import type { Access } from './access.ts';
import { isSharedObject } from './shares.ts';
import { liveRows } from './tables.ts';

const MOST_RECORDS = 200;
const FIELDS = ['RecordId', 'HasReadAccess'];

/**
 * Returns a function that runs queries as the Run-As user. The access rules answer UserRecordAccess, which has no rows;
 * the org's rows answer everything else. Throws `SoqlError`.
 */
export function runAsUser(
  org: Org,
  access: Access,
  visibility: Visibility,
): (soql: string, all: boolean) => QueryResult {
  return (soql, all) => {
    if (/\bFROM\s+UserRecordAccess\b/i.test(soql)) {
      const query = parse(soql);
      if (query.from.object.toLowerCase() === 'userrecordaccess') return answer(org, access, visibility, soql, query);
    }
    return org.query(soql, { all, visibility });
  };
}

/**
 * Answers for one user and at most 200 records. Records that are deleted, of another object, or hidden from the Run-As
 * user are left out. Source: Salesforce's object reference, UserRecordAccess.
 */
function answer(org: Org, access: Access, visibility: Visibility, soql: string, query: Query): QueryResult {
  const columns = query.select.map((item) => {
    const name = item.kind === 'field' && item.path.names.length === 1 ? (item.path.names[0] ?? '') : '';
    const field = FIELDS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (field !== undefined) return field;
    const at = item.kind === 'field' ? item.path.at : 0;
    throw errorAt(soql, at, 'INVALID_FIELD', messages.noSuchColumn(name, 'UserRecordAccess'));
  });
  const { userId, recordIds } = readFilter(query.where);
  const rows: Row[] = [];
  for (const recordId of [...new Set(recordIds)].slice(0, query.limit ?? undefined)) {
    const object = org.objects().find((schema) => schema.keyPrefix === recordId.slice(0, 3))?.name ?? '';
    if (!isSharedObject(object)) continue;
    const record = liveRows(org, object, { Id: recordId })[0];
    if (record === undefined || !visibility.object(object)) continue;
    if (!visibility.everyRow(object) && !visibility.row(object, record)) continue;
    rows.push({ RecordId: recordId, HasReadAccess: access.mayRead(userId, object, record) });
  }
  return {
    object: 'UserRecordAccess',
    totalSize: rows.length,
    columns,
    rowsRead: () => rows.length,
    page: (offset, count) =>
      rows.slice(offset, offset + count).map((row) => ({
        attributes: {
          type: 'UserRecordAccess',
          url: `/services/data/v${org.settings.apiVersion}/sobjects/UserRecordAccess/${row.RecordId}`,
        },
        ...Object.fromEntries(columns.map((column) => [column, row[column]])),
      })),
  };
}

/** Reads `UserId = '…' AND RecordId = '…' | IN (…)`, in any order. UserRecordAccess takes no other filter. */
function readFilter(where: Condition | null): { userId: string; recordIds: string[] } {
  const terms = where?.kind === 'and' ? where.terms : where === null ? [] : [where];
  let userId: string | null = null;
  let recordIds: string[] | null = null;
  for (const term of terms) {
    const field = fieldOf(term);
    if (field === 'userid' && term.kind === 'compare' && term.comparison === '=') userId = idOf(term.value);
    else if (field === 'recordid' && term.kind === 'compare' && term.comparison === '=') recordIds = [idOf(term.value)];
    else if (field === 'recordid' && term.kind === 'in' && !term.negated && !('select' in term.values))
      recordIds = term.values.map(idOf);
    else throw malformed('UserRecordAccess can only be filtered by UserId and RecordId');
  }
  if (userId === null) throw malformed('UserId filter is required for UserRecordAccess');
  if (recordIds === null) throw malformed('RecordId filter is required for UserRecordAccess');
  if (recordIds.length > MOST_RECORDS) throw malformed(`at most ${MOST_RECORDS} RecordIds can be asked for at once`);
  return { userId, recordIds };
}

function fieldOf(term: Condition): string | null {
  if (term.kind !== 'compare' && term.kind !== 'in') return null;
  if (term.operand.kind !== 'path' || term.operand.path.names.length !== 1) return null;
  return term.operand.path.names[0]?.toLowerCase() ?? null;
}

function idOf(literal: Literal): string {
  const id = literal.kind === 'string' ? unescapeString(literal.raw) : '';
  if (!/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/.test(id)) throw malformed(`invalid ID field: ${id}`);
  return longId(id);
}

function malformed(message: string): SoqlError {
  return new SoqlError('MALFORMED_QUERY', message);
}
