import type { GapList } from './coverage-gaps.ts';
import { rowsOr } from './coverage-gaps.ts';
import { leavesInForce, takesAway } from './flags.ts';
import { append } from './multimap.ts';
import type { Person } from './people.ts';
import type { OrgTables, PermissionSetAssignmentRow, PermissionSetRow } from './tables.ts';

/** A permission set that counts for a user, and until when: milliseconds since 1970; null: no end. */
export interface Held {
  readonly setId: string;
  readonly until: number | null;
}

/**
 * The permission sets that count for each user at `now`: the one of the profile, and those assigned that are neither
 * expired, revoked nor inactive. Session-based sets and groups don't count, for whether the session is on cannot be seen. A
 * group is assigned by its aggregate set, which has muting applied; muting sets and licenses are no rows of PermissionSet.
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

/** Is the permission set group session-based? One that is not shown may be. */
function sessionBased(tables: OrgTables, gaps: GapList): (groupId: string) => boolean {
  const session = new Map<string, boolean>();
  const rows = rowsOr(tables.PermissionSetGroup, 'PermissionSetGroup', 'permission_set_groups', gaps);
  for (const row of rows) if (row.Id) session.set(row.Id, takesAway(row.HasActivationRequired));
  return (groupId) => session.get(groupId) ?? true;
}

/** NaN for a date that cannot be read: such an assignment has ended. */
function endOf(row: PermissionSetAssignmentRow): number | null {
  return row.ExpirationDate ? Date.parse(row.ExpirationDate) : null;
}
