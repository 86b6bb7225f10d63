import type { ConnectionState, StoredConnectionState } from './contract.ts';

/** The state as this version knows it: what an earlier version did not write gets its default. */
export function upgradeState(stored: StoredConnectionState): ConnectionState {
  const { completeNext, completeNextWhy, sweepAllowedBy } = stored;
  return {
    ...stored,
    sweepAllowedBy: sweepAllowedBy ?? 0,
    completeNextWhy: completeNext === null ? null : (completeNextWhy ?? { code: 'earlier_version' }),
  };
}
