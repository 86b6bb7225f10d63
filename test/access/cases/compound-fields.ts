import { SETS } from '@salesforce-connector/sandbox/testing';
import { type Case, fieldPermission } from './case.ts';

/** A compound field has one permission for all its parts. */
export const compoundFields: readonly Case[] = [
  {
    rule: 'an address permission covers all its parts, and a row for a part does not count',
    rows: [
      fieldPermission(SETS.extra, 'Account.BillingAddress'),
      fieldPermission(SETS.extra, 'Account.ShippingCity', {}, 2),
    ],
    reads: [
      ['viewer', 'Account.BillingCity', true],
      ['viewer', 'Account.BillingStreet', true],
      ['viewer', 'Account.ShippingCity', false],
      ['rep', 'Account.BillingCity', false],
    ],
  },
  {
    rule: 'an address permission covers all parts of contacts and leads too',
    rows: [fieldPermission(SETS.extra, 'Contact.MailingAddress'), fieldPermission(SETS.extra, 'Lead.Address', {}, 2)],
    reads: [
      ['viewer', 'Contact.MailingCity', true],
      ['viewer', 'Lead.City', true],
      ['viewer', 'Account.BillingCity', false],
      ['rep', 'Contact.MailingCity', false],
    ],
  },
];
