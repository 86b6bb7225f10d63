import { SETS } from '../../sandbox/access/small-org.ts';
import { type Case, fieldPermission } from './case.ts';

/** A compound field has one permission for all its parts. */
export const compoundFields: readonly Case[] = [
  {
    rule: 'an address decides for all its parts, and no row of a part counts',
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
    rule: '… of contacts and leads too',
    rows: [fieldPermission(SETS.extra, 'Contact.MailingAddress'), fieldPermission(SETS.extra, 'Lead.Address', {}, 2)],
    reads: [
      ['viewer', 'Contact.MailingCity', true],
      ['viewer', 'Lead.City', true],
      ['viewer', 'Account.BillingCity', false],
      ['rep', 'Contact.MailingCity', false],
    ],
  },
];
