import type { UserRow } from './tables.ts';
import { leavesInForce } from './tables.ts';
import type { UserName } from './types.ts';

/** Yields the names of every user, inactive and frozen ones included, with the reason why the search refuses them. */
export function* userNames(rows: readonly UserRow[], isFrozen: (userId: string) => boolean): Generator<UserName> {
  // The last row of an id counts, as in `peopleOf`.
  for (const row of new Map(rows.map((each) => [each.Id, each])).values()) {
    if (!row.Id) continue;
    yield {
      userId: row.Id,
      name: row.Name || row.Username || row.Id,
      username: row.Username || row.Id,
      federationId: row.FederationIdentifier || null,
      email: row.Email || null,
      refused: !leavesInForce(row.IsActive) ? 'inactive' : isFrozen(row.Id) ? 'frozen' : null,
    };
  }
}
