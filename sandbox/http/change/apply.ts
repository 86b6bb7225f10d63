import { isSharedObject } from '../../access/shares.ts';
import type { Org } from '../../org/types.ts';
import { convertLead } from './convert.ts';
import { type Deletions, deleteRecord, undeleteRecord } from './delete.ts';
import { type Changed, Edit } from './edit.ts';
import { mergeRecords } from './merge.ts';
import { putRow } from './put.ts';
import { type Change, ChangeError } from './request.ts';

/** Makes a batch of changes in one transaction; says every row that changed. Throws `ChangeError` and changes nothing. */
export function applyChanges(org: Org, deletions: Deletions, changes: readonly Change[]): Changed[] {
  const edit = new Edit(org);
  org.db.exec('SAVEPOINT change');
  let current = 0;
  try {
    for (const change of changes) {
      current += 1;
      applyChange(edit, deletions, change);
    }
  } catch (error) {
    org.db.exec('ROLLBACK TO change');
    org.db.exec('RELEASE change');
    throw new ChangeError(`Change ${current}: ${error instanceof Error ? error.message : String(error)}`);
  }
  org.db.exec('RELEASE change');
  return edit.changed;
}

function applyChange(edit: Edit, deletions: Deletions, change: Change): void {
  if ('put' in change) putRow(edit, change.put, change.row);
  else if ('erase' in change) edit.erase(change.erase, change.id);
  else if ('delete' in change) deleteRecord(edit, deletions, sharedObject(change.delete), change.id);
  else if ('undelete' in change) undeleteRecord(edit, deletions, sharedObject(change.undelete), change.id);
  else if ('merge' in change) mergeRecords(edit, deletions, sharedObject(change.merge), change.master, change.losers);
  else convertLead(edit, change.id, change.opportunity);
}

function sharedObject(name: string) {
  if (isSharedObject(name)) return name;
  throw new ChangeError(`${name} has no recycle bin here: use "erase", or "put" with IsDeleted.`);
}
