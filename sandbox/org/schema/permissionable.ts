import type { FieldSpec } from './field.ts';

/** Id, Name, owner, system and audit fields, and what says whether a record is a person's: the same on every object. */
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

/** What Salesforce requires or computes, and so lets nobody hide: `permissionable: false` in describes of real orgs. */
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
 * Has the field field-level security? Never in an org without a FieldPermissions file, nor where every record must have
 * a value, nor for what the system fills. Setup objects and shares have none, but for custom fields.
 */
export function isPermissionable(object: string, field: FieldSpec, hasFieldPermissions: boolean): boolean {
  if (!hasFieldPermissions || field.required) return false;
  if (field.name.endsWith('__c')) return true;
  const ofObject = OF_OBJECT[object];
  if (ofObject === undefined) return false;
  return !EVERYWHERE.has(field.name) && !ofObject.includes(field.name);
}
