import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { OBJECT_NAMES, type ObjectName } from '../../objects/index.ts';

type CsvRow = Readonly<Record<string, string>>;

/**
 * Reads the rows of a file of an org folder one by one. Yields none if the file is unreadable, because the sandbox
 * reports why.
 */
export async function* rowsOf(orgFolder: string, object: string): AsyncGenerator<CsvRow> {
  const file = createReadStream(join(orgFolder, `${object}.csv`));
  const parser = parse({ columns: true });
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const row of parser as AsyncIterable<CsvRow>) yield row;
  } catch {
    // The rows up to here are enough.
  } finally {
    file.destroy();
  }
}

export interface OrgUser {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly title: string;
  readonly roleId: string;
  readonly managerId: string;
  readonly profileId: string;
}

/** The facts behind the tour's reasons: who is above whom, and who owns what. */
export interface OrgFacts {
  /** The active users. */
  readonly users: readonly OrgUser[];
  /** Reports whether the user owns the record or its account. */
  owns(user: OrgUser, recordId: string): boolean;
  /** Reports whether the owner of the record or of its account has a role below the user's. */
  isAboveOwner(user: OrgUser, recordId: string): boolean;
  /** Reports whether a queue owns the record, and the user or the user's role is a member of it. */
  isInQueueOf(user: OrgUser, recordId: string): boolean;
  /** Returns the objects for which the user's profile lacks Read. */
  withoutRead(user: OrgUser): ObjectName[];
}

/** Reads the folder of a small org into memory. */
export async function readOrgFacts(orgFolder: string): Promise<OrgFacts> {
  const [users, roles, groups, members, sets, objectPermissions] = await Promise.all(
    ['User', 'UserRole', 'Group', 'GroupMember', 'PermissionSet', 'ObjectPermissions'].map((name) =>
      allRows(orgFolder, name),
    ),
  );
  const roleOf = new Map((users ?? []).map((user) => [user.Id, user.UserRoleId]));
  const parentOf = new Map((roles ?? []).map((role) => [role.Id, role.ParentRoleId]));
  const roleOfGroup = new Map((groups ?? []).map((group) => [group.Id, group.Type === 'Role' ? group.RelatedId : '']));
  const queues = new Set((groups ?? []).filter(({ Type }) => Type === 'Queue').map(({ Id }) => Id));
  const owners = new Map<string, { owner: string; account: string }>();
  for (const object of OBJECT_NAMES)
    for await (const { Id = '', OwnerId = '', AccountId = '' } of rowsOf(orgFolder, object))
      owners.set(Id, { owner: OwnerId, account: AccountId });

  const ownersOf = (recordId: string): string[] => {
    const record = owners.get(recordId);
    return [record?.owner ?? '', owners.get(record?.account ?? '')?.owner ?? ''];
  };
  const isBelow = (role: string | undefined, upper: string): boolean => {
    for (let at = parentOf.get(role); at; at = parentOf.get(at)) if (at === upper) return true;
    return false;
  };
  return {
    users: (users ?? []).filter(({ IsActive }) => IsActive === 'true').map(userOf),
    owns: ({ id }, recordId) => ownersOf(recordId).includes(id),
    isAboveOwner: ({ roleId }, recordId) =>
      roleId !== '' && ownersOf(recordId).some((owner) => isBelow(roleOf.get(owner), roleId)),
    isInQueueOf({ id, roleId }, recordId) {
      const owner = owners.get(recordId)?.owner;
      const isMember = ({ UserOrGroupId }: CsvRow) =>
        UserOrGroupId === id || (roleId !== '' && roleOfGroup.get(UserOrGroupId) === roleId);
      return queues.has(owner) && (members ?? []).some((member) => member.GroupId === owner && isMember(member));
    },
    withoutRead({ profileId }) {
      const set = (sets ?? []).find(({ ProfileId }) => ProfileId === profileId)?.Id;
      const readable = (objectPermissions ?? []).filter(
        (row) => row.ParentId === set && row.PermissionsRead === 'true',
      );
      return OBJECT_NAMES.filter((name) => !readable.some(({ SobjectType }) => SobjectType === name));
    },
  };
}

async function allRows(orgFolder: string, object: string): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of rowsOf(orgFolder, object)) rows.push(row);
  return rows;
}

function userOf(row: CsvRow): OrgUser {
  const { Id = '', Name = '', Username = '', Title = '', UserRoleId = '', ManagerId = '', ProfileId = '' } = row;
  return {
    id: Id,
    name: Name,
    username: Username,
    title: Title,
    roleId: UserRoleId,
    managerId: ManagerId,
    profileId: ProfileId,
  };
}
