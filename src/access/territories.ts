import type { GapList } from './coverage-gaps.ts';
import { rowsOr } from './coverage-gaps.ts';
import { leavesInForce } from './flags.ts';
import { append } from './multimap.ts';
import type { OrgTables } from './tables.ts';
import { parentsOf, treeOf } from './tree.ts';

export interface Territories {
  /** Is it shown at all? One of a model that is not active is no blind spot: it reaches nobody. */
  isShown(territoryId: string): boolean;
  /** Users of the territory and of those above it; with `below` also of those below. Nobody for one of another model. */
  users(territoryId: string, options: { readonly below: boolean }): Set<string>;
}

/**
 * The territories of the model whose state is `Active` (Sales Territories: a model in planning or archived shares
 * nothing) with their active associations. Call it only where a group asks for territories: an org without them has no
 * such tables, and closes nothing.
 */
export function territoriesOf(tables: OrgTables, gaps: GapList): Territories {
  const models = new Set<string | null | undefined>();
  for (const row of rowsOr(tables.Territory2Model, 'Territory2Model', 'territories', gaps))
    if (row.State === 'Active') models.add(row.Id);
  const rows = rowsOr(tables.Territory2, 'Territory2', 'territories', gaps);
  const shown = new Set(rows.map((row) => row.Id));
  const tree = treeOf(
    parentsOf(
      rows.filter((row) => row.Territory2ModelId && models.has(row.Territory2ModelId)),
      (row) => row.Id,
      (row) => row.ParentTerritory2Id,
    ),
  );
  gaps.add({ code: 'territory_cycle', count: tree.inCircle.length });
  const users = new Map<string, string[]>();
  for (const row of rowsOr(tables.UserTerritory2Association, 'UserTerritory2Association', 'territories', gaps)) {
    if (!row.UserId || !row.Territory2Id || !leavesInForce(row.IsActive)) continue;
    append(users, row.Territory2Id, row.UserId);
  }
  return {
    isShown: (territoryId) => shown.has(territoryId),
    users(territoryId, { below }) {
      if (!tree.has(territoryId)) return new Set();
      const territories = [territoryId, ...tree.above(territoryId), ...(below ? tree.below(territoryId) : [])];
      return new Set(territories.filter(tree.has).flatMap((territory) => users.get(territory) ?? []));
    },
  };
}
