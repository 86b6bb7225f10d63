import type { Org, Row, Visibility } from '../org/types.ts';
import type { Access } from './access.ts';
import { isSharedObject, sharedBy } from './shares.ts';
import { text } from './values.ts';

/**
 * The right a user needs to see an object's rows; without it they are missing without an error. Source: Salesforce's
 * object reference, "Special Access Rules".
 */
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

/** Decides which objects, fields and rows a user sees over the API. */
export function visibilityOf(org: Org, access: Access, userId: string): Visibility {
  const { permissions } = access;

  function seesUser(row: Row): boolean {
    if (text(row, 'Id') === userId) return true;
    if (text(row, 'UserType') !== 'Standard') return false;
    const model = text(access.tables.entity('User'), 'InternalSharingModel');
    return model === null || model.startsWith('Read');
  }

  /** Whether the user sees a share row: anyone who can read the shared record does. */
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

  /** Whether a FieldPermissions row names an object or a field that the user doesn't see. */
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
