/** A child relationship, read by `(SELECT … FROM <name>)` in a query of the parent. */
export interface ChildRelationship {
  readonly name: string;
  readonly parent: string;
  readonly child: string;
  /** The child's lookup to the parent. */
  readonly field: string;
}

const link = (parent: string, name: string, child: string, field: string): ChildRelationship => ({
  name,
  parent,
  child,
  field,
});

/** The child relationships of the described objects, named as in Salesforce's object reference. */
export const CHILD_RELATIONSHIPS: readonly ChildRelationship[] = [
  link('Account', 'ChildAccounts', 'Account', 'ParentId'),
  link('Account', 'Contacts', 'Contact', 'AccountId'),
  link('Account', 'Cases', 'Case', 'AccountId'),
  link('Account', 'Opportunities', 'Opportunity', 'AccountId'),
  link('Account', 'Shares', 'AccountShare', 'AccountId'),
  link('Contact', 'Cases', 'Case', 'ContactId'),
  link('Contact', 'Shares', 'ContactShare', 'ContactId'),
  link('Case', 'Cases', 'Case', 'ParentId'),
  link('Case', 'Shares', 'CaseShare', 'CaseId'),
  link('Opportunity', 'Shares', 'OpportunityShare', 'OpportunityId'),
  link('Lead', 'Shares', 'LeadShare', 'LeadId'),
  link('User', 'PermissionSetAssignments', 'PermissionSetAssignment', 'AssigneeId'),
  link('UserRole', 'Users', 'User', 'UserRoleId'),
  link('Profile', 'Users', 'User', 'ProfileId'),
  link('Group', 'GroupMembers', 'GroupMember', 'GroupId'),
  link('PermissionSet', 'Assignments', 'PermissionSetAssignment', 'PermissionSetId'),
  link('PermissionSet', 'ObjectPerms', 'ObjectPermissions', 'ParentId'),
  link('PermissionSet', 'FieldPerms', 'FieldPermissions', 'ParentId'),
];
