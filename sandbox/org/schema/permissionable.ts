import type { FieldSpec } from './field.ts';

/** Id, Name, owner, system and audit fields: no field-level security on any object. */
const ALWAYS_READABLE = new Set([
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
  'RecordTypeId',
  'CurrencyIsoCode',
  'LastName',
  'FirstName',
  'Salutation',
  'MiddleName',
  'Suffix',
]);

/** What Salesforce requires of each object, and so lets nobody hide. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Account: [],
  Contact: [],
  Case: ['CaseNumber', 'Status', 'IsClosed'],
  Opportunity: ['StageName', 'CloseDate', 'IsClosed', 'IsWon', 'ForecastCategory', 'ForecastCategoryName'],
  Lead: [
    'Company',
    'Status',
    'IsConverted',
    'ConvertedDate',
    'ConvertedAccountId',
    'ConvertedContactId',
    'ConvertedOpportunityId',
  ],
};

/**
 * Has the field field-level security? Never in an org without a FieldPermissions file, nor for what Salesforce requires
 * or the system fills. Setup objects and shares have none, but for custom fields.
 */
export function isPermissionable(object: string, field: FieldSpec, hasFieldPermissions: boolean): boolean {
  if (!hasFieldPermissions) return false;
  if (field.name.endsWith('__c')) return true;
  const required = REQUIRED[object];
  if (required === undefined) return false;
  return !ALWAYS_READABLE.has(field.name) && !required.includes(field.name);
}
