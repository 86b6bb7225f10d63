import { grantObject, grantRight } from '../access/integration-rights.ts';
import type { Closed } from '../access/types.ts';
import type { Unreached } from '../index/port.ts';
import { objectNamed } from '../objects/index.ts';

/** What the index's documents carry for nobody, for an operator. Pure. */
export function unreachedClosed({ byGroups, byUsers, byCompliantSharing, withoutShares }: Unreached): Closed[] {
  return [
    ...closed(
      'records shared with groups that the API does not show',
      byGroups,
      'personal groups, or groups deleted since: what these share rows open is closed',
      'Share with the users themselves or a public group; what names a deleted group goes with the next complete backfill.',
    ),
    ...closed(
      'records owned by or shared with users who are not shown',
      byUsers,
      'User does not show them, and so not who is above them: what reaches those above is closed',
      grantRight('view-all-users'),
    ),
    ...closed(
      'records under Compliant Data Sharing',
      byCompliantSharing,
      'such a share row reaches its user alone here: what it opens to those above is closed',
    ),
    ...withoutShares.map((object) => ({
      what: `share rows of ${object}`,
      why: `${objectNamed(object).share.object} shows no row, and every record has at least its owner's: only owners and those above find records`,
      count: null,
      remedy: grantObject(object),
    })),
  ];
}

function closed(what: string, count: number, why: string, remedy?: string): Closed[] {
  return count === 0 ? [] : [{ what, why, count, ...(remedy === undefined ? {} : { remedy }) }];
}
