import { customFields } from './custom-fields.ts';
import { developerName } from './people.ts';
import { companyColumns } from './person-columns.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records } from './records.ts';
import type { Person } from './staff.ts';
import { createdAt, stampsOf } from './stamps.ts';
import { filled, phoneNumber, sentences } from './text.ts';
import { ACCOUNT_NOTES, ACCOUNT_TYPES, INDUSTRIES, type Industry, STEMS } from './words/companies.ts';
import { PLACES, type Place, STREETS } from './words/places.ts';

const DELETED_PERCENT = 1.5;
/** The percentage of deleted accounts that were merged into the previous account. */
const MERGED_PERCENT = 40;
const SUBSIDIARY_PERCENT = 6;

/**
 * Writes the n-th account as a company.
 *
 * @param previous the last company that isn't deleted; the new one may be its subsidiary or merged into it
 */
export function writeAccount(
  records: Records,
  random: Random,
  n: number,
  previous: GeneratedAccount | null,
): GeneratedAccount {
  const { files, company, nextId, seed } = records;
  const industry = random.pick(INDUSTRIES);
  const place = random.pick(PLACES);
  const isDeleted = random.chance(DELETED_PERCENT);
  const isMerged = isDeleted && previous !== null && random.chance(MERGED_PERCENT);
  const parent = !isDeleted && random.chance(SUBSIDIARY_PERCENT) ? previous : null;
  const brand = parent?.brand ?? companyName(random, industry, place);
  const name = parent === null ? brand : `${brand} ${place.country}`;
  const { owner, team } = ownerOf(company.regions[place.region]?.teams ?? [], random);
  const type = random.pick(ACCOUNT_TYPES);
  const employees = sizeOf(random);
  const created = createdAt(random);
  const domain = `${developerName(name).toLowerCase().replaceAll('_', '-')}.example`;
  const account: GeneratedAccount = {
    id: nextId.account(),
    name,
    brand,
    domain,
    place,
    owner,
    team,
    industry: industry.name,
    employees,
    isCustomer: type !== 'Prospect',
    isPerson: false,
    isDeleted,
    isMerged,
    created,
  };
  const street = `${random.pick(STREETS)} ${random.between(1, 180)}`;
  const postal = filled(random, place.postal);
  const ships = random.chance(30);
  files.add('Account', {
    Id: account.id,
    Name: name,
    AccountNumber: `A-${100_000 + n}`,
    Type: type,
    Industry: industry.name,
    Rating: random.pick(['Hot', 'Warm', 'Cold', null]),
    Phone: phoneNumber(random, place.phone),
    Website: `https://www.${domain}`,
    Description: random.chance(60)
      ? `${name} ${random.pick(industry.does)}. ${sentences(random, ACCOUNT_NOTES, random.between(1, 2))}`
      : null,
    NumberOfEmployees: employees,
    AnnualRevenue: employees * random.between(90, 400) * 1000,
    ParentId: parent?.id ?? null,
    BillingStreet: street,
    BillingCity: place.city,
    BillingState: place.state,
    BillingPostalCode: postal,
    BillingCountry: place.country,
    ShippingStreet: ships ? `${random.pick(STREETS)} ${random.between(1, 180)}` : null,
    ShippingCity: ships ? place.city : null,
    ShippingState: ships ? place.state : null,
    ShippingPostalCode: ships ? filled(random, place.postal) : null,
    ShippingCountry: ships ? place.country : null,
    OwnerId: owner.id,
    IsDeleted: isDeleted,
    MasterRecordId: isMerged ? (previous?.id ?? null) : null,
    ...stampsOf(random, created),
    ...customFields(seed, 'Account', account.id),
    ...companyColumns(records),
  });
  return account;
}

function companyName(random: Random, industry: Industry, { city }: Place): string {
  const kind = random.pick(industry.kinds);
  const stem = random.pick(STEMS);
  switch (random.int(5)) {
    case 0:
      return `${city} ${kind}`;
    case 1:
      return `${stem} & ${random.pick(STEMS.filter((other) => other !== stem))} ${kind}`;
    case 2:
      return `${stem} ${city} ${kind}`;
    default:
      return `${stem} ${kind}`;
  }
}

/** Returns a number of employees: usually small, sometimes very large. */
function sizeOf(random: Random): number {
  const most = random.pick([20, 50, 50, 200, 200, 800, 3000, 20_000]);
  return random.between(5, most);
}

/** Picks an account's owner and their team. */
export function ownerOf(teams: readonly { readonly sellers: readonly Person[] }[], random: Random) {
  const { sellers } = random.pick(teams);
  return { owner: random.pick(sellers), team: sellers };
}
