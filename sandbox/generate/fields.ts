import type { SharedObject } from './profiles.ts';

/** The generated fields that have field-level security; of an address the compound, which decides for its parts. */
export const SECURED_FIELDS: Readonly<Record<SharedObject, readonly string[]>> = {
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
  ],
  Opportunity: ['AccountId', 'Amount', 'Type', 'LeadSource', 'NextStep', 'Description', 'Probability', 'IsPrivate'],
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
  ],
};

/** What no profile but the administrator's shows: the notes about deals, and what a customer is worth. */
export const HIDDEN_FIELDS: readonly string[] = ['Opportunity.Description', 'Account.AnnualRevenue'];

/** What support and marketing do not see either. */
export const HIDDEN_FROM_SERVICE: readonly string[] = ['Account.Description', 'Contact.MobilePhone'];
