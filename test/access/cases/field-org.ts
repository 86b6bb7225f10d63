import { type OrgTables, RECORDS, type Row, SETS, SMALL_ORG, sfId, USERS } from '@salesforce-connector/sandbox/testing';

const SEES_ALL_FIELDS = sfId('0PS', 5);

/** The text fields that the cases about fields use. */
const FIELDS = {
  Account: ['Name', 'Phone', 'Fax', 'BillingStreet', 'BillingCity', 'ShippingCity'],
  Contact: ['Name', 'Phone', 'MailingCity'],
  Case: ['Subject', 'Status'],
  Opportunity: ['Name'],
  Lead: ['Name', 'Company', 'Industry', 'City'],
} as const;

/** A word that is in that field of the org's records, and nowhere else. */
export const wordIn = (field: string): string => `word${field.replace('.', '')}`.toLowerCase();

function worded(object: keyof typeof FIELDS): Row[] {
  const words = FIELDS[object].map((field) => [field, wordIn(`${object}.${field}`)]);
  return (SMALL_ORG[object] ?? []).map((row) => ({ ...row, ...Object.fromEntries(words) }));
}

const share = (object: string, prefix: string, recordId: string, levels: Row = {}): Row => ({
  Id: sfId(prefix, 1),
  [`${object}Id`]: recordId,
  UserOrGroupId: USERS.viewer,
  [`${object}AccessLevel`]: 'Read',
  RowCause: 'Manual',
  ...levels,
});

/**
 * The small org with field-level security. Each field has its own word. The viewer reads the same records as the rep,
 * and is the only one with the extra set.
 */
export const FIELD_ORG: OrgTables = {
  ...SMALL_ORG,
  Account: worded('Account'),
  Contact: worded('Contact'),
  Case: worded('Case'),
  Opportunity: worded('Opportunity'),
  Lead: worded('Lead'),
  AccountShare: [share('Account', '00r', RECORDS.account, { CaseAccessLevel: 'Read', OpportunityAccessLevel: 'Read' })],
  LeadShare: [share('Lead', '01o', RECORDS.lead)],
  PermissionSet: [
    ...(SMALL_ORG.PermissionSet ?? []),
    { Id: SEES_ALL_FIELDS, IsOwnedByProfile: false, Type: 'Regular', PermissionsViewAllFieldsGlobal: true },
  ],
  PermissionSetAssignment: [
    ...(SMALL_ORG.PermissionSetAssignment ?? []),
    { Id: sfId('0Pa', 90), AssigneeId: USERS.integration, PermissionSetId: SEES_ALL_FIELDS, IsActive: true },
  ],
  // An org without such a row would have no field-level security.
  FieldPermissions: [
    { Id: sfId('01k', 90), ParentId: SETS.none, SobjectType: 'Case', Field: 'Case.Subject', PermissionsRead: true },
  ],
};
