import type { ObjectName } from '../../objects/index.ts';
import type { Rights } from '../rights.ts';
import type { OrgTables } from '../tables.ts';
import { type Link, link } from './link.ts';
import type { Names } from './names.ts';

/** What single permission sets grant, by the same rule that combines them. */
export interface Permissions {
  /** Names one of the user's sets that gives Read on the object; null if none does. */
  read(userId: string, setIds: readonly string[], object: ObjectName): Link | null;
  /**
   * Returns, for each set with View All on the object, the links that make it count, Read included. Empty without Read.
   */
  viewAll(userId: string, setIds: readonly string[], object: ObjectName): Link[][];
  /** Lists the user's sets, none of which gives Read. */
  noRead(userId: string, setIds: readonly string[], object: ObjectName): Link;
}

export function permissionsOf(
  tables: OrgTables,
  rights: (setIds: readonly string[]) => Rights,
  names: Names,
): Permissions {
  const setsOnData = new Set<string | null | undefined>();
  for (const row of tables.PermissionSet.rows ?? [])
    if (row.PermissionsViewAllData === true || row.PermissionsModifyAllData === true) setsOnData.add(row.Id);

  const permissions: Permissions = {
    read(userId, setIds, object) {
      const set = setIds.find((id) => rights([id])[object].read);
      if (set === undefined) return null;
      return link(
        'permission',
        [userId, set],
        `${names.user(userId)} has Read on ${object} through ${names.permissionSet(set)}`,
      );
    },
    viewAll(userId, setIds, object) {
      const read = permissions.read(userId, setIds, object);
      if (read === null) return [];
      return setIds
        .filter((id) => rights([id])[object].viewAll)
        .map((id) => {
          const right = setsOnData.has(id) ? 'View All Data' : `View All on ${object}`;
          const by = `${names.user(userId)} has ${right} through ${names.permissionSet(id)}`;
          const all = link('viewAll', [userId, id], by);
          return rights([id])[object].read ? [all] : [read, all];
        });
    },
    noRead(userId, setIds, object) {
      const sets = setIds.length === 0 ? 'none applies' : setIds.map(names.permissionSet).join('; ');
      const text = `no permission set of ${names.user(userId)} gives Read on ${object} (${sets})`;
      return link('permission', [userId, ...setIds], text);
    },
  };
  return permissions;
}
