import type { GeneratedContact } from './contacts.ts';
import { customFields } from './custom-fields.ts';
import { ALL, Grants, READ } from './grants.ts';
import { developerName } from './people.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records } from './records.ts';
import { writeShares } from './shares.ts';
import { createdAt, dayAfter, stampsOf } from './stamps.ts';
import { emailName, filled, phoneNumber, sentences } from './text.ts';
import { INDUSTRIES, STEMS } from './words/companies.ts';
import { LEAD_NOTES, LEAD_SOURCES, LEAD_STATUSES } from './words/deals.ts';
import { CONTACT_TITLES, FIRST_NAMES, LAST_NAMES } from './words/names.ts';
import { PLACES, STREETS } from './words/places.ts';

const DELETED_PERCENT = 1.5;
const CONVERTED_PERCENT = 20;
const QUEUED_PERCENT = 30;

/** The records that a lead was converted to. */
export interface Conversion {
  readonly account: GeneratedAccount;
  readonly contact: GeneratedContact;
  readonly opportunityId: string | null;
}

/** Writes a lead and its share rows. Sometimes it is converted to the records in `conversion`. */
export function writeLead(records: Records, random: Random, conversion: Conversion | null): void {
  const { files, company, groups, nextId } = records;
  const became = random.chance(CONVERTED_PERCENT) ? conversion : null;
  const industry = random.pick(INDUSTRIES);
  const place = became?.account.place ?? random.pick(PLACES);
  const [first, last] =
    became === null ? [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)] : halves(became.contact.name);
  const companyName = became?.account.name ?? `${random.pick(STEMS)} ${random.pick(industry.kinds)}`;
  const domain = became?.account.domain ?? `${developerName(companyName).toLowerCase().replaceAll('_', '-')}.example`;
  const source = random.pick(LEAD_SOURCES);
  const owner =
    became === null && random.chance(QUEUED_PERCENT) ? groups.leadQueue : random.pick(company.development.reps).id;
  const created = createdAt(random, became?.account.created);
  const isDeleted = random.chance(DELETED_PERCENT) && became === null;
  const stamps = stampsOf(random, created);
  const id = nextId.lead();
  files.add('Lead', {
    Id: id,
    FirstName: first,
    LastName: last,
    Name: `${first} ${last}`,
    // A lead without a company converts to a person account.
    Company: became?.account.isPerson === true ? null : companyName,
    Title: random.pick(CONTACT_TITLES),
    Email: `${emailName(first, last)}@${domain}`,
    Phone: phoneNumber(random, place.phone),
    Website: random.chance(40) ? `https://www.${domain}` : null,
    Status: became === null ? random.pick(LEAD_STATUSES) : 'Closed - Converted',
    LeadSource: source,
    Industry: became?.account.industry ?? industry.name,
    Rating: random.pick(['Hot', 'Warm', 'Cold', null]),
    NumberOfEmployees: random.between(5, 900),
    Description: random.chance(50) ? sentences(random, LEAD_NOTES, 1) : null,
    Street: `${random.pick(STREETS)} ${random.between(1, 180)}`,
    City: place.city,
    State: place.state,
    PostalCode: filled(random, place.postal),
    Country: place.country,
    IsConverted: became !== null,
    ConvertedDate: became === null ? null : dayAfter(created, random.between(1, 20)),
    ConvertedAccountId: became?.account.id ?? null,
    ConvertedContactId: became?.contact.id ?? null,
    ConvertedOpportunityId: became?.opportunityId ?? null,
    OwnerId: owner,
    IsDeleted: isDeleted,
    MasterRecordId: null,
    ...stamps,
    ...customFields(records.seed, 'Lead', id),
  });

  const grants = new Grants();
  grants.add(owner, 'Owner', ALL);
  if (random.chance(3)) grants.add(random.pick(company.employees).id, 'Manual', READ);
  if (source === 'Web') grants.add(groups.roleAndBelow(company.development.role), 'Rule', READ);
  writeShares(records, 'Lead', id, grants, { changed: stamps.LastModifiedDate, isDeleted });
}

function halves(name: string): [string, string] {
  const at = name.indexOf(' ');
  return [name.slice(0, at), name.slice(at + 1)];
}
