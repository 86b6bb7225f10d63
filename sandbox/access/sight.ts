import type { Org, Row, Sight } from '../org/types.ts';
import type { Access } from './access.ts';
import { isSharedObject, sharedBy } from './shares.ts';
import { text } from './values.ts';

/** The right without which an object's rows stay unseen, with no error: Salesforce's object reference, "Special Access Rules". */
const RIGHT_FOR: Readonly<Record<string, string>> = {
  ObjectPermissions: 'PermissionsViewSetup',
  FieldPermissions: 'PermissionsViewSetup',
  PermissionSet: 'PermissionsViewSetup',
  PermissionSetAssignment: 'PermissionsViewSetup',
  PermissionSetGroup: 'PermissionsViewSetup',
  UserRole: 'PermissionsViewRoles',
  UserLogin: 'PermissionsManageUsers',
  Profile: 'PermissionsViewAllProfiles',
};

/** What a user who asks over the API sees of the org: objects, fields and rows. */
export function sightOf(org: Org, access: Access, userId: string): Sight {
  const { permissions } = access;

  function seesUser(row: Row): boolean {
    if (text(row, 'Id') === userId) return true;
    if (text(row, 'UserType') !== 'Standard') return false;
    const model = text(access.tables.entity('User'), 'InternalSharingModel');
    return model === null || model.startsWith('Read');
  }

  /** A share row is seen by whoever reads the record that it shares. */
  function seesShare(object: string, row: Row): boolean {
    const shared = sharedBy(object);
    const recordId = shared === null ? null : text(row, `${shared}Id`);
    if (shared === null || recordId === null) return false;
    const record = org.rows(shared, { Id: recordId })[0];
    return record !== undefined && access.mayRead(userId, shared, record);
  }

  function seesObject(name: string): boolean {
    const decides = sharedBy(name) ?? name;
    return !isSharedObject(decides) || permissions.objectRead(userId, decides);
  }

  const hidden = new Set(org.settings.hiddenFields);
  const seesField = (object: string, field: string): boolean =>
    !hidden.has(`${object}.${field}`) && (!isSharedObject(object) || access.mayReadField(userId, object, field));

  /** Does a FieldPermissions row name an object or a field that the user does not see? */
  function namesUnseen(row: Row): boolean {
    const object = text(row, 'SobjectType') ?? '';
    const field = (text(row, 'Field') ?? '').slice(object.length + 1);
    const known = org
      .objects()
      .find((schema) => schema.name === object)
      ?.fields.some(({ name }) => name === field);
    return !seesObject(object) || (known === true && !seesField(object, field));
  }

  return {
    object: seesObject,
    field: seesField,
    everyRow(object) {
      const decides = sharedBy(object) ?? object;
      if (isSharedObject(decides)) return access.people.isActive(userId) && permissions.viewAll(userId, decides);
      if (object === 'User') return permissions.right(userId, 'PermissionsViewAllUsers');
      const right = RIGHT_FOR[object];
      return right === undefined || permissions.right(userId, right);
    },
    row(object, row) {
      if (isSharedObject(object)) return access.mayRead(userId, object, row);
      if (sharedBy(object) !== null) return seesShare(object, row);
      return object === 'User' && seesUser(row);
    },
    hides: (object) => (object === 'FieldPermissions' ? namesUnseen : null),
  };
}
