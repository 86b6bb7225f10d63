import type { GeneratedRow } from './csv-file.ts';
import { idOf } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { Random } from './random.ts';
import type { Records } from './records.ts';
import { SET_UP } from './stamps.ts';

const BUSINESS_TYPE = idOf('012', 1);
export const PERSON_TYPE = idOf('012', 2);

/** Whether the n-th account is a person, drawn from a separate random stream. */
export function isPerson({ seed, personPercent }: Records, n: number): boolean {
  return new Random(seed, 'person account', n).chance(personPercent);
}

/** Writes the record types for people and companies. */
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

/** Returns the columns that a company's row also has in an org with person accounts. */
export function companyColumns({ personPercent }: Records): GeneratedRow {
  if (personPercent === 0) return {};
  return { IsPersonAccount: false, RecordTypeId: BUSINESS_TYPE, ...emptyPerson() };
}

/** Returns the columns that a contact's row also has in an org with person accounts. */
export function contactColumns({ personPercent }: Records, isPersonAccount: boolean): GeneratedRow {
  return personPercent === 0 ? {} : { IsPersonAccount: isPersonAccount };
}

function emptyPerson(): GeneratedRow {
  const names = ['PersonContactId', 'Salutation', 'FirstName', 'LastName', ...Object.values(PERSON_FIELDS)];
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** The account field for each field of the contact. */
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

/** Account columns that only companies fill. */
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

/** Contact columns that only a company's contacts fill. */
export const CONTACT_ONLY: readonly string[] = ['Department', 'Description', 'ReportsToId'];
