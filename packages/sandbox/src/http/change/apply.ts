import { isSharedObject } from '../../access/shares.ts';
import type { Org } from '../../org/types.ts';
import { convertLead } from './convert.ts';
import { type Deletions, deleteRecord, purgeDeleted, undeleteRecord } from './delete.ts';
import { type Changed, Edit } from './edit.ts';
import { mergeRecords } from './merge.ts';
import { putRow } from './put.ts';
import { type Change, ChangeError } from './request.ts';

/**
 * Makes a batch of changes in one transaction. Returns each row that changed. Throws `ChangeError` and changes nothing
 * if one fails.
 */
export function applyChanges(org: Org, deletions: Deletions, changes: readonly Change[]): Changed[] {
  const edit = new Edit(org);
  const deletionsBefore = [...deletions];
  let current = 0;
  try {
    org.transaction(() => {
      for (const change of changes) {
        current += 1;
        applyChange(edit, deletions, change);
      }
    });
  } catch (error) {
    deletions.clear();
    for (const [id, taken] of deletionsBefore) deletions.set(id, taken);
    throw new ChangeError(`Change ${current}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return edit.changed;
}

function applyChange(edit: Edit, deletions: Deletions, change: Change): void {
  if ('put' in change) putRow(edit, change.put, change.row);
  else if ('erase' in change) edit.erase(change.erase, change.id);
  else if ('delete' in change) deleteRecord(edit, deletions, sharedObject(change.delete), change.id);
  else if ('undelete' in change) undeleteRecord(edit, deletions, sharedObject(change.undelete), change.id);
  else if ('merge' in change) mergeRecords(edit, deletions, sharedObject(change.merge), change.master, change.losers);
  else if ('purge' in change) purgeDeleted(edit, deletions, sharedObject(change.purge));
  else if ('add_field' in change) addField(edit, change);
  else if ('change_field' in change) changeField(edit, change);
  else if ('drop_field' in change) edit.dropField(change.drop_field, change.name);
  else convertLead(edit, change.id, change.opportunity);
}

function addField(edit: Edit, change: Extract<Change, { add_field: string }>): void {
  const { add_field: object, name, ...declaration } = change;
  edit.addField(object, name, declaration);
}

function changeField(edit: Edit, change: Extract<Change, { change_field: string }>): void {
  const { change_field: object, name, ...declaration } = change;
  edit.changeField(object, name, declaration);
}

function sharedObject(name: string) {
  if (isSharedObject(name)) return name;
  throw new ChangeError(`${name} has no recycle bin here: use "erase", or "put" with IsDeleted.`);
}
