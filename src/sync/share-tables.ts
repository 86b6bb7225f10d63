import type { ContactDerivation } from '../access/types.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import { findRemovedShares, type RemovedShares, type RemovedSharesInput } from './removed-shares.ts';
import { type ObjectSelection, readsShares } from './selection.ts';
import { lookAtShares, type ShareLooksInput } from './share-looks.ts';

export type ShareTablesInput = Omit<RemovedSharesInput & ShareLooksInput, 'slow'>;

/**
 * Compares the share tables with the ledger, at the end of a pass: for rows that were removed, where dates have told of all
 * others; for every change where dates are too slow to ask for.
 */
export async function compareShareTables(input: ShareTablesInput): Promise<RemovedShares> {
  const { state, selection, contacts, isBlocked, refusals } = input;
  const slow = new Set(OBJECT_NAMES.filter((name) => state.shareLooks[name] !== undefined));
  const found = await findRemovedShares({ ...input, slow });
  const counts: Partial<Record<ObjectName, RemovedShares['counts'][ObjectName]>> = { ...found.counts };
  const shares = { ...found.shares };
  const warnings = [...found.warnings];
  for (const name of slow) {
    const chosen = selection.objects[name];
    const stream = { object: name, of: 'shares' } as const;
    if (!isRead(chosen, contacts) || isBlocked(stream)) continue;
    const looked = await refusals.guard(stream, () => lookAtShares({ ...input, slow }, chosen));
    if (looked === null) continue;
    counts[name] = looked.counts;
    if (looked.shares !== null) shares[name] = looked.shares;
    warnings.push(...looked.warnings);
  }
  return { counts, shares, warnings };
}

function isRead(
  chosen: ObjectSelection,
  contacts: ContactDerivation,
): chosen is ObjectSelection & { shareColumns: readonly string[] } {
  return readsShares(chosen, contacts) && !(chosen.on && !chosen.readable);
}
