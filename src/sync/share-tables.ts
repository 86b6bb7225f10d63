import type { ContactSharing } from '../access/types.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import { findRemovedShares, type RemovedShares, type RemovedSharesInput } from './removed-shares.ts';
import { type ObjectSchema, readsShares } from './resolved-schema.ts';
import { lookAtShares, type ShareLooksInput } from './share-looks.ts';

export type ShareTablesInput = Omit<RemovedSharesInput & ShareLooksInput, 'slow'>;

/**
 * Compares the share tables with the ledger at the end of a pass. Normally this only looks for removed rows, because
 * dates have shown all other changes. Where dates are too slow to query, it looks for every change.
 */
export async function compareShareTables(input: ShareTablesInput): Promise<RemovedShares> {
  const { state, schema, contacts, isBlocked, refusals } = input;
  const slow = new Set(OBJECT_NAMES.filter((name) => state.shareLooks[name] !== undefined));
  const found = await findRemovedShares({ ...input, slow });
  const counts: Partial<Record<ObjectName, RemovedShares['counts'][ObjectName]>> = { ...found.counts };
  const shares = { ...found.shares };
  const warnings = [...found.warnings];
  for (const name of slow) {
    const chosen = schema.objects[name];
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
  chosen: ObjectSchema,
  contacts: ContactSharing,
): chosen is ObjectSchema & { shareColumns: readonly string[] } {
  return readsShares(chosen, contacts) && !(chosen.on && !chosen.readable);
}
