import { openTo } from '../../src/access/markers.ts';
import type { MembershipOptions } from '../../src/access/membership.ts';
import { resolveMembership } from '../../src/access/membership.ts';
import { documentPrincipals } from '../../src/access/principals.ts';
import { MEMBERSHIP_TABLES } from '../../src/access/queries.ts';
import type { DescribedField, OrgTables, TableRows, UserRow } from '../../src/access/tables.ts';
import type { AccountFacts, ContactSharing, Member, RecordFacts, ShareRow } from '../../src/access/types.ts';
import type { TableName, TableReason } from '../../src/facts/coverage-gaps.ts';
import type { ObjectName } from '../../src/objects/index.ts';
import { OBJECT_NAMES, OBJECTS, STANDARD_FIELDS } from '../../src/objects/index.ts';

export const NOW = '2026-06-01T12:00:00.000Z';

/** Why a table of a test could not be read. */
export const REFUSED: TableReason = { kind: 'org_error', errorCode: 'INVALID_TYPE', message: 'INVALID_TYPE' };

export type TestOrg = {
  readonly [T in TableName]?: readonly TableRows[T][] | null;
} & { readonly described?: Partial<Record<ObjectName, readonly DescribedField[] | null>> };

/**
 * An org with these rows. A table that is left out is empty (every default private); null means that it could not be
 * read. Fields have no security.
 */
export function tablesOf(org: TestOrg): OrgTables {
  const all: TestOrg = { Organization: [{ Id: '00D' }], ...org };
  const tables = MEMBERSHIP_TABLES.map((table) => {
    const rows = all[table];
    return [table, rows === null ? { rows: null, reason: REFUSED } : { rows: rows ?? [] }];
  });
  const described = OBJECTS.map(({ name, fields }) => [name, fields.map((field) => describedField(field, false))]);
  return { ...Object.fromEntries(tables), described: { ...Object.fromEntries(described), ...org.described } };
}

export function describedField(name: string, permissionable: boolean, compound: string | null = null): DescribedField {
  return { name, permissionable, compoundFieldName: compound };
}

/** An active internal user with the profile `standard`. */
export function user(id: string, more: UserRow = {}): UserRow {
  return { Id: id, IsActive: true, UserType: 'Standard', ProfileId: 'standard', ...more };
}

/** The profile `standard`. It reads the objects (all, unless named), and has View All on none. */
export function standardProfile(objects: readonly ObjectName[] = OBJECT_NAMES) {
  return {
    PermissionSet: [{ Id: '0PSstandard', IsOwnedByProfile: true, ProfileId: 'standard' }],
    ObjectPermissions: objects.map((SobjectType) => ({ ParentId: '0PSstandard', SobjectType, PermissionsRead: true })),
  } satisfies TestOrg;
}

export function membershipOf(org: TestOrg, options: Partial<MembershipOptions> = {}) {
  return resolveMembership(tablesOf(org), {
    fields: STANDARD_FIELDS.fields,
    now: NOW,
    frozenUsers: 'closed',
    documents: null,
    ...options,
  });
}

/** The user's rows one by one, as a search takes them. Null: the user is not served. */
export function memberOf(members: Iterable<Member>, userId: string, at = NOW): Member | null {
  for (const member of members)
    if (member.userId === userId && (member.validUntil === null || member.validUntil > at)) return member;
  return null;
}

/** A record with its own share rows, its account and the account's share rows. */
export interface TestRecord extends Partial<RecordFacts> {
  readonly object: ObjectName;
  readonly shares?: readonly ShareRow[];
  readonly account?: AccountFacts | null;
}

export function principalsOf(record: TestRecord, contacts: ContactSharing): string[] {
  const { shares = [], account = null, ...facts } = record;
  return documentPrincipals(
    { ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false, ...facts },
    shares,
    account,
    contacts,
  );
}

/** Whether a search as the user finds the record. Evaluates the reaches as the index does. */
export function finds(member: Member | null, record: TestRecord, contacts: ContactSharing): boolean {
  if (member === null) return false;
  const carried = principalsOf(record, contacts);
  switch (member.objects[record.object].reach) {
    case 'none':
      return false;
    case 'all':
      return true;
    case 'bare':
      return carried.includes(`=${member.userId}`);
    case 'principals':
      return carried.some((principal) => member.principals.includes(principal));
  }
}

/** The ids of the users who find the record. */
export function readers(
  org: TestOrg,
  record: TestRecord,
  options: Partial<MembershipOptions> = {},
  at = NOW,
): string[] {
  const { members, contacts } = membershipOf(org, options);
  const ids = (org.User ?? []).map((row) => row.Id ?? '');
  return ids.filter((id) => finds(memberOf(members, id, at), record, contacts)).sort();
}

/** A share row that gives access to these objects. */
export function share(grantee: string, opens: readonly ObjectName[], cause = 'Manual'): ShareRow {
  return { grantee, cause, opens };
}

/** A lead that reaches only these principals, by share rows. */
export function leadFor(...grantees: string[]): TestRecord {
  return { object: 'Lead', shares: grantees.map((grantee) => share(grantee, ['Lead'])) };
}

export function isOpen(member: Member | null, object: ObjectName): boolean {
  return member?.principals.includes(openTo(object)) ?? false;
}
