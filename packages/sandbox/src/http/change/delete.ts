import type { SharedObject } from '../../access/shares.ts';
import type { Edit } from './edit.ts';
import { ChangeError } from './request.ts';

/** The contents of the recycle bin: the id of a deleted record → the rows that were deleted with it. */
export type Deletions = Map<string, readonly { readonly object: string; readonly id: string }[]>;

/** The objects whose records are deleted with their account. */
export const ACCOUNT_CHILDREN = ['Contact', 'Case', 'Opportunity'] as const;

/**
 * Moves a record and its share rows to the recycle bin. An account takes its contacts, cases and opportunities along.
 */
export function deleteRecord(edit: Edit, deletions: Deletions, object: SharedObject, id: string): void {
  const record = edit.row(object, id);
  if (record.IsDeleted === true) throw new ChangeError(`${object} ${id} is already deleted.`);
  const taken: { object: string; id: string }[] = [];
  takeWithShares(edit, object, String(record.Id), taken);
  if (object === 'Account')
    for (const child of ACCOUNT_CHILDREN)
      for (const row of edit.rows(child, { AccountId: String(record.Id) }))
        if (row.IsDeleted !== true) takeWithShares(edit, child, String(row.Id), taken);
  deletions.set(String(record.Id), taken);
}

/** Restores a record and everything that this process deleted with it. */
export function undeleteRecord(edit: Edit, deletions: Deletions, object: SharedObject, id: string): void {
  const record = edit.row(object, id);
  if (record.IsDeleted !== true) throw new ChangeError(`${object} ${id} is not deleted.`);
  const taken = deletions.get(String(record.Id)) ?? [{ object, id: String(record.Id) }];
  for (const row of taken)
    edit.put(row.object, { Id: row.id, IsDeleted: false }, row.object === object ? { MasterRecordId: null } : {});
  deletions.delete(String(record.Id));
}

/** Empties an object's recycle bin: erases its deleted records and share rows. */
export function purgeDeleted(edit: Edit, deletions: Deletions, object: SharedObject): void {
  for (const emptied of [object, `${object}Share`])
    for (const row of edit.rows(emptied, { IsDeleted: true })) {
      edit.erase(emptied, String(row.Id));
      deletions.delete(String(row.Id));
    }
}

function takeWithShares(edit: Edit, object: SharedObject, id: string, taken: { object: string; id: string }[]): void {
  edit.put(object, { Id: id, IsDeleted: true });
  taken.push({ object, id });
  for (const share of edit.rows(`${object}Share`, { [`${object}Id`]: id })) {
    if (share.IsDeleted === true) continue;
    edit.put(`${object}Share`, { Id: String(share.Id), IsDeleted: true });
    taken.push({ object: `${object}Share`, id: String(share.Id) });
  }
}
