import type { GeneratedContact } from './contacts.ts';
import { customFields } from './custom-fields.ts';
import { ALL, Grants, READ } from './grants.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records, SharedChild } from './records.ts';
import { writeShares } from './shares.ts';
import { createdAt, iso, stampsOf } from './stamps.ts';
import { capitalised, sentences } from './text.ts';
import { DETAILS, TOPICS } from './words/cases.ts';
import { PRODUCTS } from './words/products.ts';

const DELETED_PERCENT = 1.5;
const QUEUED_PERCENT = 25;
const CLOSED_PERCENT = 60;
const DAY = 24 * 60 * 60;

/** Writes a support case of the account and its share rows. */
export function writeCase(
  records: Records,
  random: Random,
  account: GeneratedAccount,
  contacts: readonly GeneratedContact[],
): SharedChild {
  const { files, company, groups, nextId } = records;
  const topic = random.pick(TOPICS);
  const product = random.pick(PRODUCTS).one;
  const about = (text: string) => text.replaceAll('{product}', product).replaceAll('{Product}', capitalised(product));
  const contact = contacts.length === 0 ? null : random.pick(contacts);
  const origin = random.pick(['Email', 'Email', 'Phone', 'Web']);
  const isClosed = random.chance(CLOSED_PERCENT);
  const isEscalated = !isClosed && random.chance(15);
  const siteAt = account.place.region % company.sites.length;
  const site = company.sites[(siteAt + random.int(Math.ceil(company.sites.length / 2)) * 2) % company.sites.length];
  if (site === undefined) throw new Error('there is no support site');
  const queue = random.pick(groups.supportQueues);
  const owner = !isClosed && random.chance(QUEUED_PERCENT * 2) ? queue : random.pick(site.agents).id;
  const created = createdAt(random, account.created);
  const isDeleted = account.isDeleted || random.chance(DELETED_PERCENT);
  const id = nextId.case();
  const stamps = stampsOf(random, created);
  files.add('Case', {
    Id: id,
    CaseNumber: nextId.caseNumber(),
    Subject: about(topic.subject),
    Description: `${about(topic.text)} ${sentences(random, DETAILS, random.between(1, 3))}`,
    Status: isClosed ? 'Closed' : isEscalated ? 'Escalated' : random.pick(['New', 'Working', 'Working']),
    Priority: random.pick(['Low', 'Medium', 'Medium', 'High']),
    Origin: origin,
    Type: topic.type,
    Reason: topic.reason,
    IsClosed: isClosed,
    IsEscalated: isEscalated,
    ClosedDate: isClosed
      ? iso(Math.min(created + random.int(20 * DAY), Date.parse(stamps.LastModifiedDate) / 1000))
      : null,
    AccountId: account.id,
    ContactId: contact?.id ?? null,
    SuppliedName: origin === 'Web' ? (contact?.name ?? null) : null,
    SuppliedEmail: origin === 'Web' ? (contact?.email ?? null) : null,
    SuppliedCompany: origin === 'Web' ? account.name : null,
    OwnerId: owner,
    IsDeleted: isDeleted,
    MasterRecordId: null,
    ...stamps,
    ...customFields(records.seed, 'Case', id),
  });

  const grants = new Grants();
  grants.add(owner, 'Owner', ALL);
  if (random.chance(4)) grants.add(random.pick(account.team).id, 'Manual', READ);
  if (isEscalated) grants.add(groups.escalationDesk, 'Rule', READ);
  writeShares(records, 'Case', id, grants, { changed: stamps.LastModifiedDate, isDeleted });
  return { id, grantees: isDeleted ? new Set() : grants.grantees() };
}
