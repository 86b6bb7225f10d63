import type { CoverageGap } from '../access/coverage-gaps.ts';
import type { Unreached } from '../index/port.ts';
import { objectNamed } from '../objects/index.ts';

/** What the index's documents carry for nobody. Pure. */
export function unreachedGaps({ byGroups, byUsers, byCompliantSharing, withoutShares }: Unreached): CoverageGap[] {
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
