import type { GeneratedRow } from './csv-file.ts';
import { idOf } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { Random } from './random.ts';
import type { Records } from './records.ts';
import { SET_UP } from './stamps.ts';

const BUSINESS_TYPE = idOf('012', 1);
export const PERSON_TYPE = idOf('012', 2);

/** Is the n-th account a person? Drawn from a stream of its own. */
export function isPerson({ seed, personPercent }: Records, n: number): boolean {
  return new Random(seed, 'person account', n).chance(personPercent);
}

/** The record types that tell people from companies. */
export function writeRecordTypes(files: OrgFiles): void {
  for (const [Id, name, person] of [
    [BUSINESS_TYPE, 'Business Account', false],
    [PERSON_TYPE, 'Person Account', true],
  ] as const)
    files.add('RecordType', {
      Id,
      Name: name,
      DeveloperName: name.replace(' ', '_'),
      SobjectType: 'Account',
      IsPersonType: person,
      IsActive: true,
      SystemModstamp: SET_UP,
    });
}

/** What the row of a company has besides in an org with person accounts. */
export function companyColumns({ personPercent }: Records): GeneratedRow {
  if (personPercent === 0) return {};
  return { IsPersonAccount: false, RecordTypeId: BUSINESS_TYPE, ...emptyPerson() };
}

/** What the row of a contact has besides in an org with person accounts. */
export function contactColumns({ personPercent }: Records, isPersonAccount: boolean): GeneratedRow {
  return personPercent === 0 ? {} : { IsPersonAccount: isPersonAccount };
}

function emptyPerson(): GeneratedRow {
  const names = ['PersonContactId', 'Salutation', 'FirstName', 'LastName', ...Object.values(PERSON_FIELDS)];
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** The account's field for each of the contact's. */
export const PERSON_FIELDS: Readonly<Record<string, string>> = {
  Email: 'PersonEmail',
  MobilePhone: 'PersonMobilePhone',
  Title: 'PersonTitle',
  MailingStreet: 'PersonMailingStreet',
  MailingCity: 'PersonMailingCity',
  MailingState: 'PersonMailingState',
  MailingPostalCode: 'PersonMailingPostalCode',
  MailingCountry: 'PersonMailingCountry',
  Language__c: 'Language__pc',
};

/** Columns of an account that only a company has. */
export const COMPANY_ONLY: readonly string[] = [
  'Type',
  'Industry',
  'Rating',
  'Website',
  'Description',
  'NumberOfEmployees',
  'AnnualRevenue',
  'ParentId',
  'BillingStreet',
  'BillingCity',
  'BillingState',
  'BillingPostalCode',
  'BillingCountry',
  'ShippingStreet',
  'ShippingCity',
  'ShippingState',
  'ShippingPostalCode',
  'ShippingCountry',
];

/** Columns of a contact that only one who works for a company has. */
export const CONTACT_ONLY: readonly string[] = ['Department', 'Description', 'ReportsToId'];
