import { writeAccount } from './accounts.ts';
import { writeCase } from './cases.ts';
import { type GeneratedContact, writeContacts } from './contacts.ts';
import { Grants } from './grants.ts';
import { writeLead } from './leads.ts';
import { writeOpportunity } from './opportunities.ts';
import { isPerson } from './person-columns.ts';
import { writePerson } from './persons.ts';
import { Random } from './random.ts';
import type { GeneratedAccount, Records, SharedChild } from './records.ts';
import { shareAccount, writeAccountShares } from './shares.ts';

/** Numbers of children per account, picked by a number from 0 to 19. Their means are 1.8, 1, 0.8 and 0.4. */
const CONTACTS = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 6];
const CASES = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 5];
const OPPORTUNITIES = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 4];
const LEADS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2];

/**
 * Writes the n-th account, a company or a person, with its contacts, cases, opportunities and share rows, and some
 * leads. Only what is returned stays in memory. Each family has its own random stream, so that it doesn't depend on the
 * families before it.
 */
export function writeFamily(records: Records, n: number, previous: GeneratedAccount | null): GeneratedAccount {
  const random = new Random(records.seed, 'account', n);
  const { account, contacts } = isPerson(records, n)
    ? personHalves(records, random, n)
    : withContacts(records, random, writeAccount(records, random, n, previous));
  const cases = times(account.isMerged ? 0 : random.pick(CASES), () => writeCase(records, random, account, contacts));
  const opportunities = times(account.isMerged ? 0 : random.pick(OPPORTUNITIES), () =>
    writeOpportunity(records, random, account),
  );

  const grants = new Grants();
  shareAccount(records, random, account, [...cases, ...opportunities], grants);
  writeAccountShares(records, account, grants);

  const [contact] = contacts;
  const conversion =
    account.isDeleted || contact === undefined
      ? null
      : { account, contact, opportunityId: opportunities.find(isLive)?.id ?? null };
  times(random.pick(LEADS), () => writeLead(records, random, conversion));
  return account;
}

interface Halves {
  readonly account: GeneratedAccount;
  /** The contacts that cases and leads can name. */
  readonly contacts: readonly GeneratedContact[];
}

function withContacts(records: Records, random: Random, account: GeneratedAccount): Halves {
  return { account, contacts: writeContacts(records, random, account, account.isMerged ? 0 : random.pick(CONTACTS)) };
}

function personHalves(records: Records, random: Random, n: number): Halves {
  const { account, contact } = writePerson(records, random, n);
  return { account, contacts: account.isDeleted ? [] : [contact] };
}

function isLive({ grantees }: SharedChild): boolean {
  return grantees.size > 0;
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
