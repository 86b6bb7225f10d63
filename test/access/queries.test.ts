import { expect, test } from 'vitest';
import type { MembershipQuery } from '../../src/access/queries.ts';
import { MEMBERSHIP_TABLES, membershipQueries } from '../../src/access/queries.ts';
import type { TableName } from '../../src/facts/coverage-gaps.ts';
import { toSoql } from '../../src/soql/query.ts';

/** A describe in which everything exists except these. */
function describedWithout(...missing: string[]) {
  return (table: TableName): ReadonlySet<string> | null => {
    const named = missing.filter((name) => name.startsWith(`${table}.`)).map((name) => name.slice(table.length + 1));
    return missing.includes(table) ? null : new EveryFieldBut(named);
  };
}

class EveryFieldBut extends Set<string> {
  override has(field: string): boolean {
    return !super.has(field);
  }
}

function queryOf(table: TableName, ...missing: string[]): MembershipQuery | undefined {
  return membershipQueries(describedWithout(...missing)).find((query) => query.table === table);
}

function textOf(query: MembershipQuery | undefined): string {
  return query?.soql ? toSoql(query.soql) : '';
}

function columnsOf(query: MembershipQuery | undefined): string[] {
  return /^SELECT (.*) FROM /.exec(textOf(query))?.[1]?.split(', ') ?? [];
}

test('has one query per table', () => {
  const queries = membershipQueries(describedWithout());
  expect(queries.map((query) => query.table)).toEqual(MEMBERSHIP_TABLES);
  for (const query of queries)
    expect(textOf(query)).toMatch(new RegExp(`^SELECT [\\w, ]+ FROM ${query.table}( WHERE .*)?$`));
});

test('no query names a column twice', () => {
  for (const query of membershipQueries(describedWithout())) {
    const columns = columnsOf(query);
    expect(new Set(columns).size).toBe(columns.length);
  }
});

test('reads permissions only of the indexed objects', () => {
  const where = "WHERE SobjectType IN ('Account', 'Contact', 'Case', 'Opportunity', 'Lead')";
  expect(textOf(queryOf('FieldPermissions'))).toContain(where);
  expect(textOf(queryOf('ObjectPermissions'))).toContain(where);
});

test.each<[TableName, string]>([
  ['PermissionSetAssignment', 'IsRevoked'],
  ['PermissionSetAssignment', 'IsActive'],
  ['ObjectPermissions', 'PermissionsViewAllFields'],
  ['PermissionSet', 'PermissionsViewAllFieldsGlobal'],
  ['Organization', 'DefaultLeadAccess'],
  ['UserRole', 'PortalType'],
  ['User', 'FederationIdentifier'],
])('reads %s without %s if that does not exist', (table, column) => {
  expect(columnsOf(queryOf(table))).toContain(column);
  const without = columnsOf(queryOf(table, `${table}.${column}`));
  expect(without).not.toContain(column);
  expect(without).not.toEqual([]);
});

test.each<[TableName, string]>([
  ['User', 'IsActive'],
  ['User', 'UserType'],
  ['UserLogin', 'IsFrozen'],
  ['PermissionSet', 'HasActivationRequired'],
  ['PermissionSetAssignment', 'ExpirationDate'],
  ['Territory2', 'Territory2ModelId'],
])('does not read %s without %s, which could grant too much', (table, column) => {
  expect(queryOf(table, `${table}.${column}`)).toEqual({
    table,
    soql: null,
    reason: { kind: 'columns_hidden', columns: [column] },
  });
});

test('does not read a table that the org does not show', () => {
  expect(queryOf('Territory2', 'Territory2')).toEqual({
    table: 'Territory2',
    soql: null,
    reason: { kind: 'table_hidden' },
  });
  expect(textOf(queryOf('Territory2Model', 'Territory2'))).toBe('SELECT Id, State FROM Territory2Model');
});
