import { append } from '../lib/collections.ts';
import type { GapList } from './gap-list.ts';
import { rowsOr } from './gap-list.ts';
import type { OrgTables } from './tables.ts';
import { leavesInForce } from './tables.ts';
import { parentsOf, treeOf } from './tree.ts';

export interface Territories {
  /**
   * Returns whether the org shows the territory. One in an inactive model is shown, and is not a gap: it reaches
   * nobody.
   */
  isShown(territoryId: string): boolean;
  /**
   * Returns the users of the territory and of those above it; with `below`, also of those below. Empty for a territory
   * of an inactive model.
   */
  users(territoryId: string, options: { readonly below: boolean }): Set<string>;
}

/**
 * Returns the territories of the model whose state is `Active`, with their active associations. Source: Sales
 * Territories, where a model in planning or archived shares nothing. Call it only if a group refers to a territory: an
 * org without territories lacks these tables, and that is not a gap.
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
