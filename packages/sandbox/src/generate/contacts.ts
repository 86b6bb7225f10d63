import { customFields } from './custom-fields.ts';
import { contactColumns } from './person-columns.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records } from './records.ts';
import { createdAt, stampsOf } from './stamps.ts';
import { emailName, filled, phoneNumber } from './text.ts';
import { CONTACT_TITLES, DEPARTMENTS, FIRST_NAMES, LAST_NAMES, SALUTATIONS } from './words/names.ts';
import { STREETS } from './words/places.ts';

export interface GeneratedContact {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

const DELETED_PERCENT = 1.5;
/** The percentage of contacts without an account. They are private to their owner. */
const ACCOUNTLESS_PERCENT = 2;

/** Writes the account's contacts. Returns those that aren't deleted and have an account. */
export function writeContacts(records: Records, random: Random, account: GeneratedAccount, count: number) {
  const written: GeneratedContact[] = [];
  for (let at = 0; at < count; at++) {
    const isAccountless = random.chance(ACCOUNTLESS_PERCENT);
    const isDeleted = account.isDeleted || random.chance(DELETED_PERCENT);
    const contact = writeContact(records, random, account, { isAccountless, isDeleted, chief: written[0] ?? null });
    if (!isAccountless && !isDeleted) written.push(contact);
  }
  return written;
}

interface Kind {
  readonly isAccountless: boolean;
  readonly isDeleted: boolean;
  readonly chief: GeneratedContact | null;
}

function writeContact(
  records: Records,
  random: Random,
  account: GeneratedAccount,
  { isAccountless, isDeleted, chief }: Kind,
): GeneratedContact {
  const { files, nextId, seed } = records;
  const { place } = account;
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const contact = {
    id: nextId.contact(),
    name: `${first} ${last}`,
    email: `${emailName(first, last)}@${isAccountless ? 'mail.example' : account.domain}`,
  };
  files.add('Contact', {
    Id: contact.id,
    Salutation: random.pick(SALUTATIONS),
    FirstName: first,
    LastName: last,
    Name: contact.name,
    AccountId: isAccountless ? null : account.id,
    Title: random.pick(CONTACT_TITLES),
    Department: random.pick([...DEPARTMENTS, null]),
    Email: contact.email,
    Phone: phoneNumber(random, place.phone),
    MobilePhone: random.chance(60) ? phoneNumber(random, place.phone) : null,
    Description: random.chance(8) ? `Met at the trade fair in ${place.city}.` : null,
    ReportsToId: isAccountless || !random.chance(40) ? null : (chief?.id ?? null),
    MailingStreet: `${random.pick(STREETS)} ${random.between(1, 180)}`,
    MailingCity: place.city,
    MailingState: place.state,
    MailingPostalCode: filled(random, place.postal),
    MailingCountry: place.country,
    OwnerId: random.chance(85) ? account.owner.id : random.pick(account.team).id,
    IsDeleted: isDeleted,
    MasterRecordId: null,
    ...stampsOf(random, createdAt(random, account.created)),
    ...customFields(seed, 'Contact', contact.id),
    ...contactColumns(records, false),
  });
  return contact;
}
