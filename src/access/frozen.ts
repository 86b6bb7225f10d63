import type { GapList } from './gap-list.ts';
import { rowsOr } from './gap-list.ts';
import type { OrgTables } from './tables.ts';
import { takesAway } from './tables.ts';

/**
 * Returns the users whom the search does not serve because they are frozen. Freezing blocks the login but keeps the
 * access, so this is a setting: `open` serves them. If UserLogin cannot be read (it needs Manage Users), no user is
 * known to be frozen, and the gap is reported.
 */
export function frozenUsers(tables: OrgTables, frozen: 'closed' | 'open', gaps: GapList): ReadonlySet<string> {
  if (frozen === 'open') return new Set();
  const ids = new Set<string>();
  for (const row of rowsOr(tables.UserLogin, 'UserLogin', 'frozen_users', gaps))
    if (row.UserId && takesAway(row.IsFrozen)) ids.add(row.UserId);
  return ids;
}
