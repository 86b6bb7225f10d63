import type { ClosedList } from './closed.ts';
import { takesAway } from './flags.ts';
import { grantRight } from './integration-rights.ts';
import type { OrgTables } from './tables.ts';

/**
 * The users whom the search does not serve because they are frozen. Freezing takes away the login, not the access, so it
 * is a choice: `open` serves them. Where UserLogin cannot be read (it needs Manage Users), nobody is known to be frozen,
 * and that is reported.
 */
export function frozenUsers(tables: OrgTables, frozen: 'closed' | 'open', closed: ClosedList): ReadonlySet<string> {
  if (frozen === 'open') return new Set();
  if (tables.UserLogin.rows === null)
    closed.add(
      'frozen users (they are served like others)',
      `UserLogin could not be read: ${tables.UserLogin.reason}`,
      {
        remedy: grantRight('manage-users'),
      },
    );
  const ids = new Set<string>();
  for (const row of tables.UserLogin.rows ?? []) if (row.UserId && takesAway(row.IsFrozen)) ids.add(row.UserId);
  return ids;
}
