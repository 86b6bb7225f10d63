import type { SharedObject } from './profiles.ts';

/**
 * The generated fields that have field-level security. For an address it is the compound field, which decides for its
 * parts.
 */
const SECURED_FIELDS: Readonly<Record<SharedObject, readonly string[]>> = {
  Account: [
    'AccountNumber',
    'Type',
    'Industry',
    'Rating',
    'Phone',
    'Website',
    'Description',
    'NumberOfEmployees',
    'AnnualRevenue',
    'ParentId',
    'BillingAddress',
    'ShippingAddress',
    'Tier__c',
    'Product_Lines__c',
    'Site_Notes__c',
  ],
  Contact: [
    'AccountId',
    'Title',
    'Department',
    'Email',
    'Phone',
    'MobilePhone',
    'Description',
    'ReportsToId',
    'MailingAddress',
    'Language__c',
  ],
  Case: [
    'Subject',
    'Description',
    'Priority',
    'Origin',
    'Type',
    'Reason',
    'AccountId',
    'ContactId',
    'ParentId',
    'SuppliedName',
    'SuppliedEmail',
    'SuppliedCompany',
    'ClosedDate',
    'IsEscalated',
    'Root_Causes__c',
    'Resolution__c',
  ],
  Opportunity: [
    'AccountId',
    'Amount',
    'Type',
    'LeadSource',
    'NextStep',
    'Description',
    'Probability',
    'IsPrivate',
    'Competitors__c',
  ],
  Lead: [
    'Title',
    'Email',
    'Phone',
    'Website',
    'Industry',
    'LeadSource',
    'Description',
    'Rating',
    'NumberOfEmployees',
    'Address',
    'Interests__c',
  ],
};

/** Fields that only the administrator's profile shows: the notes about deals and an account's revenue. */
export const HIDDEN_FIELDS: readonly string[] = ['Opportunity.Description', 'Account.AnnualRevenue'];

/** Fields that support and marketing can't see either. */
export const HIDDEN_FROM_SERVICE: readonly string[] = ['Account.Description', 'Account.Tier__c', 'Contact.MobilePhone'];

/** A person account's fields from its contact half. Reading one needs the account's permission and the contact's. */
const PERSON_FIELDS: readonly string[] = [
  'PersonEmail',
  'PersonMobilePhone',
  'PersonTitle',
  'PersonMailingAddress',
  'Language__pc',
];

export type SecuredFields = Readonly<Record<SharedObject, readonly string[]>>;

export function securedFields(hasPersonAccounts: boolean): SecuredFields {
  if (!hasPersonAccounts) return SECURED_FIELDS;
  return { ...SECURED_FIELDS, Account: [...SECURED_FIELDS.Account, ...PERSON_FIELDS] };
}
