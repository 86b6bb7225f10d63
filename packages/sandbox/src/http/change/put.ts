import { isSharedObject, type SharedObject } from '../../access/shares.ts';
import type { Row } from '../../org/types.ts';
import type { Edit } from './edit.ts';

/**
 * Inserts or changes a row. By default the Run-As user owns a new record, which gets an Owner share row. A new owner
 * takes over that row, and the record's Manual rows are erased, which is Salesforce's default.
 */
export function putRow(edit: Edit, object: string, row: Row): void {
  const key = edit.keyField(object);
  const id = typeof row[key] === 'string' ? row[key] : null;
  const before = id === null ? null : edit.find(object, id);
  if (!isSharedObject(object) || before !== null) {
    edit.put(object, { ...row, [key]: id ?? edit.newId(object) });
    if (isSharedObject(object) && before !== null) followOwner(edit, object, before, row);
    return;
  }
  const created = { ...row, Id: id ?? edit.newId(object), OwnerId: row.OwnerId ?? edit.org.settings.runAs };
  edit.put(object, created, { IsDeleted: false, ...(object === 'Contact' ? { IsPersonAccount: false } : {}) });
  addOwnerShare(edit, object, created.Id, created.OwnerId);
}

function followOwner(edit: Edit, object: SharedObject, before: Row, row: Row): void {
  if (row.OwnerId === undefined || row.OwnerId === null || row.OwnerId === before.OwnerId) return;
  const id = String(before.Id);
  let moved = false;
  for (const share of edit.rows(`${object}Share`, { [`${object}Id`]: id })) {
    if (share.IsDeleted === true) continue;
    if (share.RowCause === 'Manual') edit.erase(`${object}Share`, String(share.Id));
    if (share.RowCause !== 'Owner') continue;
    edit.put(`${object}Share`, { Id: String(share.Id), UserOrGroupId: row.OwnerId });
    moved = true;
  }
  if (!moved) addOwnerShare(edit, object, id, row.OwnerId);
}

/** Adds the Owner share row. On an account it gives access to the children by the role's …AccessForAccountOwner. */
function addOwnerShare(edit: Edit, object: SharedObject, id: string, ownerId: Row[string]): void {
  const shareObject = `${object}Share`;
  if (!edit.exists(shareObject) || isControlledContact(edit, object)) return;
  const owner = typeof ownerId === 'string' ? edit.find('User', ownerId) : null;
  const role = typeof owner?.UserRoleId === 'string' ? edit.find('UserRole', owner.UserRoleId) : null;
  const children: Row =
    object === 'Account'
      ? {
          ContactAccessLevel: role?.ContactAccessForAccountOwner ?? 'None',
          CaseAccessLevel: role?.CaseAccessForAccountOwner ?? 'None',
          OpportunityAccessLevel: role?.OpportunityAccessForAccountOwner ?? 'None',
        }
      : {};
  edit.put(
    shareObject,
    {
      Id: edit.newId(shareObject),
      [`${object}Id`]: id,
      UserOrGroupId: ownerId ?? null,
      [`${object}AccessLevel`]: 'All',
      RowCause: 'Owner',
    },
    { ...children, IsDeleted: false },
  );
}

function isControlledContact(edit: Edit, object: SharedObject): boolean {
  if (object !== 'Contact' || !edit.exists('Organization')) return false;
  return edit.org.rows('Organization')[0]?.DefaultContactAccess === 'ControlledByParent';
}
