import type { CoverageGap } from '../facts/coverage-gaps.ts';
import type { OrphanedPrincipals } from '../index/port/membership.ts';
import { objectNamed } from '../objects/index.ts';

/** Returns the coverage gaps of orphaned principals: those on documents that reach nobody. Pure. */
export function orphanedPrincipalGaps({
  byGroups,
  byUsers,
  byCompliantSharing,
  withoutShares,
}: OrphanedPrincipals): CoverageGap[] {
  const counted: CoverageGap[] = [
    { code: 'unknown_group_shares', count: byGroups },
    { code: 'unknown_user_shares', count: byUsers },
    { code: 'compliant_data_sharing', count: byCompliantSharing },
  ];
  return [
    ...counted.filter(({ count }) => count !== 0),
    ...withoutShares.map((object): CoverageGap => {
      return { code: 'shares_missing', object, shareObject: objectNamed(object).share.object, count: null };
    }),
  ];
}
