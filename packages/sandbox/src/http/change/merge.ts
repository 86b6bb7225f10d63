import type { SharedObject } from '../../access/shares.ts';
import { ACCOUNT_CHILDREN, type Deletions, deleteRecord } from './delete.ts';
import type { Edit } from './edit.ts';
import { ChangeError } from './request.ts';

/** The lookups that are moved from a merged record to its master. */
const FOLLOWERS: Readonly<Partial<Record<SharedObject, readonly (readonly [child: string, lookup: string])[]>>> = {
  Account: ACCOUNT_CHILDREN.map((child) => [child, 'AccountId'] as const),
  Contact: [['Case', 'ContactId']],
  Lead: [],
};

/**
 * Merges records into a master. Their children move to it with new stamps; the merged records are deleted, with its id
 * as MasterRecordId.
 */
export function mergeRecords(
  edit: Edit,
  deletions: Deletions,
  object: SharedObject,
  master: string,
  losers: readonly string[],
): void {
  const followers = FOLLOWERS[object];
  if (followers === undefined) throw new ChangeError(`Salesforce merges accounts, contacts and leads, not ${object}.`);
  const kept = edit.row(object, master);
  if (kept.IsDeleted === true) throw new ChangeError(`${object} ${master} is deleted.`);
  for (const loser of losers) {
    const lost = edit.row(object, loser);
    if (lost.Id === kept.Id) throw new ChangeError(`${object} ${master} cannot be merged into itself.`);
    for (const [child, lookup] of followers)
      for (const row of edit.rows(child, { [lookup]: String(lost.Id) }))
        if (row.IsDeleted !== true) edit.put(child, { Id: String(row.Id), [lookup]: String(kept.Id) });
    deleteRecord(edit, deletions, object, String(lost.Id));
    edit.put(object, { Id: String(lost.Id) }, { MasterRecordId: String(kept.Id) });
  }
  edit.put(object, { Id: String(kept.Id) });
}
