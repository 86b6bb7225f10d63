import type { Org, Row } from '../org/types.ts';
import { perRevision } from './revision.ts';
import type { Tables } from './tables.ts';
import { flag, text, time } from './values.ts';

/** What a user's permission sets allow, including the one that the profile owns. */
export interface Permissions {
  /** Whether the user has Read on the object. View All Data and Modify All Data imply it. */
  objectRead(userId: string, object: string): boolean;
  /** Whether the user has View All on the object. It counts only with Read. */
  viewAll(userId: string, object: string): boolean;
  /** Whether a FieldPermissions row, View All Fields, or View All Fields (Global) grants the field. */
  fieldRead(userId: string, object: string, field: string): boolean;
  /**
   * Whether the user has a system right, given by its PermissionSet column. Everyone has it if no permission set has a
   * value in that column.
   */
  right(userId: string, column: string): boolean;
}

interface SetsOfUser {
  readonly revision: number;
  readonly until: number;
  readonly sets: readonly Row[];
}

export function readPermissions(org: Org, tables: Tables): Permissions {
  const kept = new Map<string, SetsOfUser>();
  const rightIsKnown = perRevision(org, () => new Map<string, boolean>());
  const grantedFields = perRevision(org, () => new Map<string, ReadonlySet<string>>());

  /** Returns the sets assigned to the user and the one that the user's profile owns. */
  function setsOf(userId: string): readonly Row[] {
    const now = org.now().getTime();
    const known = kept.get(userId);
    if (known !== undefined && known.revision === org.revision && now < known.until) return known.sets;
    const sets = new Map<string, Row>();
    let until = Number.POSITIVE_INFINITY;
    for (const assignment of tables.assignments(userId)) {
      const expires = time(assignment, 'ExpirationDate');
      if (expires !== null && expires <= now) continue;
      if (flag(assignment, 'IsRevoked') === true || flag(assignment, 'IsActive') === false) continue;
      if (expires !== null) until = Math.min(until, expires);
      for (const set of assignedSets(assignment)) if (!needsSession(set, assignment)) sets.set(String(set.Id), set);
    }
    const profileId = text(tables.user(userId), 'ProfileId');
    for (const set of tables.permissionSets())
      if (profileId !== null && flag(set, 'IsOwnedByProfile') === true && text(set, 'ProfileId') === profileId)
        if (!needsSession(set, null)) sets.set(String(set.Id), set);
    kept.set(userId, { revision: org.revision, until, sets: [...sets.values()] });
    return [...sets.values()];
  }

  /**
   * Returns the sets of an assignment. A group is assigned through its aggregate permission set, which already has
   * muting applied.
   */
  function assignedSets(assignment: Row): Row[] {
    const setId = text(assignment, 'PermissionSetId');
    const set = setId === null ? undefined : tables.permissionSet(setId);
    if (set !== undefined) return [set];
    const groupId = text(assignment, 'PermissionSetGroupId');
    if (groupId === null) return [];
    return tables
      .permissionSets()
      .filter((row) => text(row, 'Type') === 'Group' && text(row, 'PermissionSetGroupId') === groupId);
  }

  /**
   * Whether the set counts only in a session that activated it. That can't be seen from outside, so such a set grants
   * nothing. Neither does a set of a group that is missing.
   */
  function needsSession(set: Row, assignment: Row | null): boolean {
    const groupIds = [text(set, 'PermissionSetGroupId'), text(assignment ?? undefined, 'PermissionSetGroupId')];
    return (
      flag(set, 'HasActivationRequired') === true ||
      groupIds.some((id) => {
        const group = id === null ? undefined : tables.permissionSetGroup(id);
        return id !== null && (group === undefined || flag(group, 'HasActivationRequired') === true);
      })
    );
  }

  const viewsAllData = (sets: readonly Row[]): boolean =>
    sets.some((set) => flag(set, 'PermissionsViewAllData') === true || flag(set, 'PermissionsModifyAllData') === true);

  /** Whether one of the sets has an ObjectPermissions row for the object with one of these flags. */
  const grants = (sets: readonly Row[], object: string, ...columns: string[]): boolean =>
    sets.some((set) =>
      tables
        .objectPermissions(String(set.Id))
        .some((row) => text(row, 'SobjectType') === object && columns.some((column) => flag(row, column) === true)),
    );

  function fieldsOf(setId: string): ReadonlySet<string> {
    const known = grantedFields().get(setId);
    if (known !== undefined) return known;
    const fields = new Set(
      tables
        .fieldPermissions(setId)
        .filter((row) => flag(row, 'PermissionsRead') === true)
        .flatMap((row) => text(row, 'Field') ?? []),
    );
    grantedFields().set(setId, fields);
    return fields;
  }

  const objectRead = (userId: string, object: string): boolean => {
    const sets = setsOf(userId);
    return viewsAllData(sets) || grants(sets, object, 'PermissionsRead');
  };

  return {
    objectRead,
    viewAll(userId, object) {
      const sets = setsOf(userId);
      if (viewsAllData(sets)) return true;
      return (
        objectRead(userId, object) && grants(sets, object, 'PermissionsViewAllRecords', 'PermissionsModifyAllRecords')
      );
    },
    fieldRead(userId, object, field) {
      const sets = setsOf(userId);
      return (
        sets.some((set) => flag(set, 'PermissionsViewAllFieldsGlobal') === true) ||
        grants(sets, object, 'PermissionsViewAllFields') ||
        sets.some((set) => fieldsOf(String(set.Id)).has(`${object}.${field}`))
      );
    },
    right(userId, column) {
      const known = rightIsKnown().get(column) ?? tables.permissionSets().some((set) => flag(set, column) !== null);
      rightIsKnown().set(column, known);
      return !known || setsOf(userId).some((set) => flag(set, column) === true);
    },
  };
}
