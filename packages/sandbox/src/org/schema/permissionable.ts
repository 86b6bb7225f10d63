import type { FieldSpec } from './field.ts';

/**
 * Fields that are never permissionable on any object: Id, Name, owner, system and audit fields, and those that mark a
 * person's record.
 */
const EVERYWHERE = new Set([
  'Id',
  'Name',
  'OwnerId',
  'IsDeleted',
  'MasterRecordId',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'LastActivityDate',
  'LastViewedDate',
  'LastReferencedDate',
  'RecordTypeId',
  'CurrencyIsoCode',
  'LastName',
  'FirstName',
  'Salutation',
  'MiddleName',
  'Suffix',
  'PhotoUrl',
  'EmailBouncedReason',
  'EmailBouncedDate',
  'IsEmailBounced',
  'IsPersonAccount',
  'PersonContactId',
]);

/**
 * Fields that Salesforce requires or computes, so that nobody can hide them. Describes of real orgs have
 * `permissionable: false` for them.
 */
const OF_OBJECT: Readonly<Record<string, readonly string[]>> = {
  Account: [],
  Contact: [],
  Case: ['CaseNumber', 'Status', 'IsClosed', 'ContactPhone', 'ContactMobile', 'ContactEmail', 'ContactFax', 'Comments'],
  Opportunity: [
    'StageName',
    'CloseDate',
    'IsClosed',
    'IsWon',
    'ForecastCategory',
    'ForecastCategoryName',
    'HasOpportunityLineItem',
    'Pricebook2Id',
    'Fiscal',
    'FiscalQuarter',
    'FiscalYear',
    'ContactId',
  ],
  Lead: [
    'Company',
    'Status',
    'IsConverted',
    'ConvertedDate',
    'ConvertedAccountId',
    'ConvertedContactId',
    'ConvertedOpportunityId',
    'IsUnreadByOwner',
  ],
};

/**
 * Whether the field has field-level security. It has none in an org without a FieldPermissions file, if every record
 * must have a value, or if the system fills it. Setup objects and shares have it only on custom fields.
 */
export function isPermissionable(object: string, field: FieldSpec, hasFieldPermissions: boolean): boolean {
  if (!hasFieldPermissions || field.required) return false;
  if (field.name.endsWith('__c')) return true;
  const ofObject = OF_OBJECT[object];
  if (ofObject === undefined) return false;
  return !EVERYWHERE.has(field.name) && !ofObject.includes(field.name);
}
