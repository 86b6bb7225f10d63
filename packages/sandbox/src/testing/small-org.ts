import type { Row } from '../org/types.ts';
import { type OrgTables, sfId } from './folder.ts';

export const USERS = {
  chief: sfId('005', 1),
  westLead: sfId('005', 2),
  rep: sfId('005', 3),
  colleague: sfId('005', 4),
  eastLead: sfId('005', 5),
  roleless: sfId('005', 6),
  inactive: sfId('005', 7),
  portal: sfId('005', 8),
  viewer: sfId('005', 9),
  integration: sfId('005', 90),
} as const;
export type UserKey = keyof typeof USERS;

export const ROLES = {
  chief: sfId('00E', 1),
  west: sfId('00E', 2),
  rep: sfId('00E', 3),
  east: sfId('00E', 4),
  portal: sfId('00E', 5),
};
export const SETS = { standard: sfId('0PS', 1), admin: sfId('0PS', 2), extra: sfId('0PS', 3), none: sfId('0PS', 4) };
export const RECORDS = {
  account: sfId('001', 1),
  otherAccount: sfId('001', 2),
  contact: sfId('003', 1),
  looseContact: sfId('003', 2),
  case: sfId('500', 1),
  opportunity: sfId('006', 1),
  lead: sfId('00Q', 1),
};
export type RecordKey = keyof typeof RECORDS;

const STANDARD = sfId('00e', 1);
const ADMIN = sfId('00e', 2);
const OBJECTS = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];

function user(id: string, role: string | null, extra: Row = {}): Row {
  return {
    Id: id,
    UserRoleId: role,
    IsActive: true,
    UserType: 'Standard',
    ProfileId: STANDARD,
    ManagerId: null,
    ...extra,
  };
}

/**
 * An org where everything is private and contacts are controlled by parent. Roles: chief above west and east, west
 * above rep. The rep owns one record of each kind; nothing is shared.
 */
export const SMALL_ORG: OrgTables = {
  Organization: [
    {
      Id: sfId('00D', 1),
      Name: 'Small',
      DefaultAccountAccess: 'None',
      DefaultContactAccess: 'ControlledByParent',
      DefaultCaseAccess: 'None',
      DefaultOpportunityAccess: 'None',
      DefaultLeadAccess: 'None',
    },
  ],
  UserRole: [
    { Id: ROLES.chief, ParentRoleId: null },
    { Id: ROLES.west, ParentRoleId: ROLES.chief },
    { Id: ROLES.rep, ParentRoleId: ROLES.west },
    { Id: ROLES.east, ParentRoleId: ROLES.chief },
    { Id: ROLES.portal, ParentRoleId: ROLES.rep, PortalType: 'Partner' },
  ],
  Profile: [
    { Id: STANDARD, Name: 'Standard User' },
    { Id: ADMIN, Name: 'System Administrator' },
  ],
  PermissionSet: [
    { Id: SETS.standard, IsOwnedByProfile: true, ProfileId: STANDARD, Type: 'Profile' },
    { Id: SETS.admin, IsOwnedByProfile: true, ProfileId: ADMIN, Type: 'Profile', PermissionsViewAllData: true },
    { Id: SETS.extra, IsOwnedByProfile: false, Type: 'Regular', HasActivationRequired: false },
    { Id: SETS.none, IsOwnedByProfile: false, Type: 'Regular', HasActivationRequired: false },
  ],
  PermissionSetAssignment: [
    { Id: sfId('0Pa', 1), AssigneeId: USERS.viewer, PermissionSetId: SETS.extra, IsRevoked: false, IsActive: true },
  ],
  ObjectPermissions: OBJECTS.map((object, i) => ({
    Id: sfId('110', i + 1),
    ParentId: SETS.standard,
    SobjectType: object,
    PermissionsRead: true,
  })),
  User: [
    user(USERS.chief, ROLES.chief),
    user(USERS.westLead, ROLES.west, { ManagerId: USERS.chief }),
    user(USERS.rep, ROLES.rep, { ManagerId: USERS.westLead }),
    user(USERS.colleague, ROLES.rep, { ManagerId: USERS.inactive }),
    user(USERS.eastLead, ROLES.east),
    user(USERS.roleless, null),
    user(USERS.inactive, ROLES.rep, { IsActive: false, ManagerId: USERS.eastLead }),
    user(USERS.portal, ROLES.portal, { UserType: 'PowerPartner' }),
    user(USERS.viewer, null),
    user(USERS.integration, null, { ProfileId: ADMIN }),
  ],
  Account: [
    { Id: RECORDS.account, Name: 'Harbor', OwnerId: USERS.rep },
    { Id: RECORDS.otherAccount, Name: 'Other', OwnerId: USERS.integration },
  ],
  Contact: [
    { Id: RECORDS.contact, Name: 'Ann', AccountId: RECORDS.account, OwnerId: USERS.eastLead, IsPersonAccount: false },
    { Id: RECORDS.looseContact, Name: 'Bob', AccountId: null, OwnerId: USERS.rep, IsPersonAccount: false },
  ],
  Case: [{ Id: RECORDS.case, Subject: 'Leak', AccountId: RECORDS.account, OwnerId: USERS.rep }],
  Opportunity: [
    { Id: RECORDS.opportunity, Name: 'Pier', AccountId: RECORDS.account, OwnerId: USERS.rep, IsPrivate: false },
  ],
  Lead: [{ Id: RECORDS.lead, Name: 'Cy', OwnerId: USERS.rep }],
};
