import { idOf } from './ids.ts';
import type { ProfileName } from './staff.ts';

/** What a set allows on one object, as columns of ObjectPermissions. */
export type Rights = 'read' | 'edit' | 'view all' | 'view all fields' | 'modify all';

export const OBJECTS = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'] as const;
export type SharedObject = (typeof OBJECTS)[number];

export type ObjectRights = Readonly<Partial<Record<SharedObject, Rights>>>;

export interface Profile {
  readonly name: ProfileName;
  readonly objects: ObjectRights;
  /** Columns of PermissionSet that are true. */
  readonly system: readonly string[];
}

const everything = (rights: Rights): ObjectRights => Object.fromEntries(OBJECTS.map((object) => [object, rights]));

/** The system rights that an integration user needs to see who may read what. */
export const SETUP_RIGHTS = [
  'PermissionsViewSetup',
  'PermissionsViewRoles',
  'PermissionsViewAllUsers',
  'PermissionsManageUsers',
] as const;

export const SYSTEM_COLUMNS = [
  'PermissionsViewAllData',
  'PermissionsModifyAllData',
  ...SETUP_RIGHTS,
  'PermissionsApiEnabled',
] as const;

export const PROFILES: readonly Profile[] = [
  { name: 'System Administrator', objects: everything('modify all'), system: SYSTEM_COLUMNS },
  {
    name: 'Sales User',
    objects: { Account: 'edit', Contact: 'edit', Opportunity: 'edit', Lead: 'edit', Case: 'read' },
    system: ['PermissionsApiEnabled'],
  },
  // No Read on opportunities.
  {
    name: 'Service User',
    objects: { Account: 'read', Contact: 'edit', Case: 'edit' },
    system: ['PermissionsApiEnabled'],
  },
  {
    name: 'Marketing User',
    objects: { Account: 'read', Contact: 'read', Opportunity: 'read', Lead: 'edit' },
    system: ['PermissionsApiEnabled'],
  },
  // It gets its rights from a permission set, as Salesforce recommends.
  { name: 'Integration', objects: {}, system: ['PermissionsApiEnabled'] },
];

export function profileIdOf(name: ProfileName): string {
  return idOf('00e', 1 + PROFILES.findIndex((profile) => profile.name === name));
}

/** Returns the columns of an ObjectPermissions row. */
export function rightsColumns(rights: Rights) {
  return {
    PermissionsCreate: rights === 'edit' || rights === 'modify all',
    PermissionsRead: true,
    PermissionsEdit: rights === 'edit' || rights === 'modify all',
    PermissionsDelete: rights === 'modify all',
    PermissionsViewAllRecords: rights.startsWith('view all') || rights === 'modify all',
    PermissionsModifyAllRecords: rights === 'modify all',
    PermissionsViewAllFields: rights === 'view all fields',
  };
}
