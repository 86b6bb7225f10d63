import type { Link } from '../../../src/access/explain/link.ts';
import type { TestOrg, TestRecord } from '../org.ts';

export interface World {
  readonly org: TestOrg;
  readonly record: TestRecord;
}

/**
 * The org without the row that a link names: a permission, a default, an owner, a share row, a role's parent, a member
 * or a group.
 */
export function without({ org, record }: World, { kind, ids, text }: Link): World {
  const [first, second, third] = ids;
  switch (kind) {
    case 'permission':
    case 'viewAll':
      return { org: withoutSet(org, second), record };
    case 'default':
      return { org: withoutDefault(org, /default of (\w+) for/.exec(text)?.[1] ?? ''), record };
    case 'owner':
      return { org, record: { ...record, ownerId: null } };
    case 'share':
      return { org, record: { ...record, shares: (record.shares ?? []).filter(({ grantee }) => grantee !== second) } };
    case 'account': {
      if (third === undefined || !record.account) return { org, record: { ...record, accountId: null, account: null } };
      const { ownerId, shares } = record.account;
      const kept = shares.filter(({ grantee }) => grantee !== third);
      return { org, record: { ...record, account: { ownerId: ownerId === third ? null : ownerId, shares: kept } } };
    }
    case 'hierarchy': {
      const UserRole = (org.UserRole ?? []).map((row) => (row.Id === second ? { ...row, ParentRoleId: null } : row));
      return { org: { ...org, UserRole }, record };
    }
    case 'group': {
      const GroupMember = (org.GroupMember ?? []).filter(
        (row) => row.UserOrGroupId !== first || row.GroupId !== second,
      );
      if (GroupMember.length < (org.GroupMember ?? []).length) return { org: { ...org, GroupMember }, record };
      return { org: { ...org, Group: (org.Group ?? []).filter(({ Id }) => !Id || !ids.includes(Id)) }, record };
    }
    default:
      throw new Error(`No chain has a link of the kind ${kind}.`);
  }
}

function withoutSet(org: TestOrg, set: string | undefined): TestOrg {
  return {
    ...org,
    PermissionSet: (org.PermissionSet ?? []).map((row) =>
      row.Id === set ? { ...row, PermissionsViewAllData: false, PermissionsModifyAllData: false } : row,
    ),
    ObjectPermissions: (org.ObjectPermissions ?? []).filter((row) => row.ParentId !== set),
  };
}

function withoutDefault(org: TestOrg, object: string): TestOrg {
  return {
    ...org,
    Organization: (org.Organization ?? []).map((row) => ({ ...row, [`Default${object}Access`]: 'None' })),
    EntityDefinition: (org.EntityDefinition ?? []).filter((row) => row.QualifiedApiName !== object),
  };
}
