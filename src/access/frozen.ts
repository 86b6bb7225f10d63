import type { GapList } from './coverage-gaps.ts';
import { rowsOr } from './coverage-gaps.ts';
import { takesAway } from './flags.ts';
import type { OrgTables } from './tables.ts';

/**
 * The users whom the search does not serve because they are frozen. Freezing takes away the login, not the access, so it
 * is a choice: `open` serves them. Where UserLogin cannot be read (it needs Manage Users), nobody is known to be frozen,
 * and that is reported.
 */
export function frozenUsers(tables: OrgTables, frozen: 'closed' | 'open', gaps: GapList): ReadonlySet<string> {
  if (frozen === 'open') return new Set();
  const ids = new Set<string>();
  for (const row of rowsOr(tables.UserLogin, 'UserLogin', 'frozen_users', gaps))
    if (row.UserId && takesAway(row.IsFrozen)) ids.add(row.UserId);
  return ids;
}
