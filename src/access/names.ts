import { leavesInForce } from './flags.ts';
import type { UserRow } from './tables.ts';
import type { UserName } from './types.ts';

/** How everybody can be named, inactive and frozen users too, with why they are refused. */
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
