import { append } from '../lib/collections.ts';
import type { GapList } from './gap-list.ts';
import { rowsOr } from './gap-list.ts';
import type { Person } from './people.ts';
import type { OrgTables, PermissionSetAssignmentRow, PermissionSetRow } from './tables.ts';
import { leavesInForce, takesAway } from './tables.ts';

/** A permission set that applies to a user, and until when, in milliseconds since 1970; null for no end. */
export interface Held {
  readonly setId: string;
  readonly until: number | null;
}

/**
 * Returns the permission sets that apply to each user at `now`: the profile's own, and assigned ones that are not
 * expired, revoked or inactive. Session-based sets and groups do not count, because the API does not show whether a
 * session is active. A group counts through its aggregate set, to which muting is already applied; PermissionSet has no
 * rows for muting sets and licenses.
 */
export function heldSets(tables: OrgTables, now: number, gaps: GapList): (person: Person) => readonly Held[] {
  const sets = new Map<string, PermissionSetRow>();
  for (const row of rowsOr(tables.PermissionSet, 'PermissionSet', 'permission_sets', gaps))
    if (row.Id) sets.set(row.Id, row);
  const ofProfile = new Map<string, Held[]>();
  const aggregate = new Map<string, string>();
  for (const [setId, row] of sets) {
    if (row.IsOwnedByProfile === true && row.ProfileId && !takesAway(row.HasActivationRequired))
      append(ofProfile, row.ProfileId, { setId, until: null });
    if (row.PermissionSetGroupId) aggregate.set(row.PermissionSetGroupId, setId);
  }
  const needsSession = sessionBased(tables, gaps);

  const assigned = new Map<string, Held[]>();
  const rows = rowsOr(tables.PermissionSetAssignment, 'PermissionSetAssignment', 'assigned_permission_sets', gaps);
  for (const row of rows) {
    const until = endOf(row);
    if (!row.AssigneeId || takesAway(row.IsRevoked) || !leavesInForce(row.IsActive)) continue;
    if (until !== null && !(until > now)) continue;
    const setId = row.PermissionSetId || aggregate.get(row.PermissionSetGroupId ?? '');
    const set = setId === undefined ? undefined : sets.get(setId);
    if (setId === undefined || set === undefined) {
      gaps.add({ code: 'permission_set_hidden', count: 1 });
      continue;
    }
    const groupId = row.PermissionSetGroupId || set.PermissionSetGroupId;
    if (takesAway(set.HasActivationRequired) || (groupId && needsSession(groupId))) {
      gaps.add({ code: 'permission_set_session_based', count: 1 });
      continue;
    }
    append(assigned, row.AssigneeId, { setId, until });
  }
  return (person) => [...(ofProfile.get(person.profileId ?? '') ?? []), ...(assigned.get(person.id) ?? [])];
}

/** Returns whether a permission set group is session-based. A group that the org does not show may be. */
function sessionBased(tables: OrgTables, gaps: GapList): (groupId: string) => boolean {
  const session = new Map<string, boolean>();
  const rows = rowsOr(tables.PermissionSetGroup, 'PermissionSetGroup', 'permission_set_groups', gaps);
  for (const row of rows) if (row.Id) session.set(row.Id, takesAway(row.HasActivationRequired));
  return (groupId) => session.get(groupId) ?? true;
}

/** Returns NaN for an unreadable date, so that the assignment counts as ended. */
function endOf(row: PermissionSetAssignmentRow): number | null {
  return row.ExpirationDate ? Date.parse(row.ExpirationDate) : null;
}
