import { ownerOf } from './accounts.ts';
import type { GeneratedContact } from './contacts.ts';
import type { GeneratedRow } from './csv-file.ts';
import { customFields } from './custom-fields.ts';
import { COMPANY_ONLY, CONTACT_ONLY, contactColumns, PERSON_FIELDS, PERSON_TYPE } from './person-columns.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records } from './records.ts';
import { createdAt, stampsOf } from './stamps.ts';
import { emailName, filled, phoneNumber } from './text.ts';
import { CONTACT_TITLES, FIRST_NAMES, LAST_NAMES, SALUTATIONS } from './words/names.ts';
import { PLACES, STREETS } from './words/places.ts';

const DELETED_PERCENT = 1.5;
const MAIL_DOMAIN = 'mail.example';

/** Writes the n-th account as a person. The account row and the contact row are two halves of one record. */
export function writePerson(
  records: Records,
  random: Random,
  n: number,
): { readonly account: GeneratedAccount; readonly contact: GeneratedContact } {
  const { files, company, nextId, seed } = records;
  const place = random.pick(PLACES);
  const { owner, team } = ownerOf(company.regions[place.region]?.teams ?? [], random);
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  const name = `${first} ${last}`;
  const isDeleted = random.chance(DELETED_PERCENT);
  const created = createdAt(random);
  const id = nextId.account();
  const contactId = nextId.contact();
  const email = `${emailName(first, last)}@${MAIL_DOMAIN}`;
  const phone = phoneNumber(random, place.phone);
  const both = {
    Salutation: random.pick(SALUTATIONS),
    FirstName: first,
    LastName: last,
    Name: name,
    Phone: phone,
    OwnerId: owner.id,
    IsDeleted: isDeleted,
    MasterRecordId: null,
    ...stampsOf(random, created),
  };
  const ofContact: GeneratedRow = {
    Email: email,
    MobilePhone: random.chance(70) ? phoneNumber(random, place.phone) : null,
    Title: random.chance(30) ? random.pick(CONTACT_TITLES) : null,
    MailingStreet: `${random.pick(STREETS)} ${random.between(1, 180)}`,
    MailingCity: place.city,
    MailingState: place.state,
    MailingPostalCode: filled(random, place.postal),
    MailingCountry: place.country,
    ...customFields(seed, 'Contact', contactId),
  };
  files.add('Account', {
    Id: id,
    AccountNumber: `P-${100_000 + n}`,
    ...nothingIn(COMPANY_ONLY),
    ...both,
    ...customFields(seed, 'Account', id),
    IsPersonAccount: true,
    RecordTypeId: PERSON_TYPE,
    PersonContactId: contactId,
    ...Object.fromEntries(Object.entries(PERSON_FIELDS).map(([of, as]) => [as, ofContact[of] ?? null])),
  });
  files.add('Contact', {
    Id: contactId,
    AccountId: id,
    ...nothingIn(CONTACT_ONLY),
    ...both,
    ...ofContact,
    ...contactColumns(records, true),
  });
  const account: GeneratedAccount = {
    id,
    name,
    brand: name,
    domain: MAIL_DOMAIN,
    place,
    owner,
    team,
    industry: '',
    employees: 0,
    isCustomer: random.chance(60),
    isPerson: true,
    isDeleted,
    isMerged: false,
    created,
  };
  return { account, contact: { id: contactId, name, email } };
}

function nothingIn(columns: readonly string[]): GeneratedRow {
  return Object.fromEntries(columns.map((column) => [column, null]));
}
