import { customFields } from './custom-fields.ts';
import { ALL, EDIT, Grants, READ } from './grants.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records, SharedChild } from './records.ts';
import { writeShares } from './shares.ts';
import { createdAt, dayAfter, isOver, stampsOf } from './stamps.ts';
import { sentences } from './text.ts';
import { DEAL_NOTES, LEAD_SOURCES, LOST, NEXT_STEPS, OPEN_STAGES, WON } from './words/deals.ts';
import { PRODUCTS, SERVICES } from './words/products.ts';

const DELETED_PERCENT = 1.5;
const PRIVATE_PERCENT = 2;
/** Deals of at least this amount are shared with the deal desks by a rule. */
const LARGE = 60_000;

/** Writes an opportunity of the account and its share rows. */
export function writeOpportunity(records: Records, random: Random, account: GeneratedAccount): SharedChild {
  const { files, company, groups, nextId } = records;
  const product = random.pick(PRODUCTS);
  const quantity = random.between(2, 60);
  const isService = random.chance(40);
  const amount = isService ? random.between(2, 90) * 500 : product.price * quantity;
  const what = isService ? random.pick(SERVICES) : `${quantity} ${product.many}`;
  const created = createdAt(random, account.created);
  const days = random.between(20, 200);
  const stage = !isOver(created, days) ? random.pick(OPEN_STAGES) : random.chance(45) ? WON : LOST;
  const isPrivate = random.chance(PRIVATE_PERCENT);
  const isDeleted = account.isDeleted || random.chance(DELETED_PERCENT);
  const owner = random.chance(80) ? account.owner : random.pick(account.team);
  const id = nextId.opportunity();
  const stamps = stampsOf(random, created);
  files.add('Opportunity', {
    Id: id,
    Name: `${account.name} - ${what}`,
    AccountId: account.id,
    StageName: stage.name,
    Probability: stage.probability,
    Amount: amount,
    CloseDate: dayAfter(created, days),
    Type: random.pick(['New Business', 'Existing Business']),
    LeadSource: random.pick([...LEAD_SOURCES, null]),
    NextStep: stage.closed ? null : random.pick(NEXT_STEPS),
    Description: random.chance(50) ? sentences(random, DEAL_NOTES, random.between(1, 2)) : null,
    IsPrivate: isPrivate,
    IsClosed: stage.closed,
    IsWon: stage === WON,
    ForecastCategory: stage.forecast,
    ForecastCategoryName: stage.forecast,
    OwnerId: owner.id,
    IsDeleted: isDeleted,
    ...stamps,
    ...customFields(records.seed, 'Opportunity', id),
  });

  const grants = new Grants();
  grants.add(owner.id, 'Owner', ALL);
  if (!isPrivate) {
    if (random.chance(3)) grants.add(random.pick(company.employees).id, 'Manual', READ);
    if (random.chance(12)) grants.add(random.pick(account.team.filter((member) => member !== owner)).id, 'Team', EDIT);
    if (amount >= LARGE) grants.add(random.pick(groups.dealDesks), 'Rule', READ);
  }
  writeShares(records, 'Opportunity', id, grants, { changed: stamps.LastModifiedDate, isDeleted });
  return { id, grantees: isDeleted ? new Set() : grants.grantees() };
}
