import type { Random } from '@salesforce-connector/sandbox/testing';
import { OBJECT_NAMES, type ObjectName } from '../../src/objects/index.ts';
import type { Change, Org, Row } from './org.ts';

export const WITH_SHARES = ['Account', 'Case', 'Opportunity', 'Lead'] as const;
const CHILDREN = ['Contact', 'Case', 'Opportunity'] as const;
export const TITLES: Readonly<Record<ObjectName, string>> = {
  Account: 'Name',
  Contact: 'Name',
  Case: 'Subject',
  Opportunity: 'Name',
  Lead: 'Company',
};
const CHILD_LEVELS = { ContactAccessLevel: 'Read', CaseAccessLevel: 'Read', OpportunityAccessLevel: 'Read' };

/**
 * Changes the org at random: texts, owners, accounts, privacy, shares, deletions, membership. Changes that leave no
 * trace in Salesforce are made only before a complete backfill, which finds them.
 */
export async function changeAtRandom(org: Org, random: Random, before: 'any run' | 'a complete one'): Promise<void> {
  const one = async (object: string, where: (row: Row) => boolean = () => true): Promise<Row> => {
    const rows = (await org.rows(object)).filter((row) => row.IsDeleted !== true && where(row));
    if (rows.length === 0) throw new NothingLeftError(object);
    return random.pick(rows);
  };
  const idOf = async (object: string): Promise<unknown> => (await one(object)).Id;
  const someone = async (): Promise<unknown> => (await one('User', (row) => row.IsActive === true)).Id;
  const words = () => `${random.pick(['pump', 'valve', 'sensor', 'renewal'])} ${random.int(1_000)}`;

  const traced: readonly (() => Promise<Change>)[] = [
    async () => {
      const object = random.pick(OBJECT_NAMES);
      return { put: object, row: { Id: await idOf(object), [TITLES[object]]: words() } };
    },
    async () => {
      const object = random.pick(WITH_SHARES);
      return { put: object, row: { Id: await idOf(object), OwnerId: await someone() } };
    },
    async () => {
      const object = random.pick(CHILDREN);
      return { put: object, row: { Id: await idOf(object), AccountId: await idOf('Account') } };
    },
    async () => ({ put: 'Opportunity', row: { Id: await idOf('Opportunity'), IsPrivate: random.chance(50) } }),
    async () => ({
      put: 'Case',
      row: { Subject: words(), AccountId: await idOf('Account'), OwnerId: await someone() },
    }),
    async () => {
      const object = random.pick(CHILDREN);
      return { delete: object, id: await idOf(object) };
    },
    async () => {
      const object = random.pick(WITH_SHARES);
      const levels = { [`${object}AccessLevel`]: 'Read', ...(object === 'Account' ? CHILD_LEVELS : {}) };
      const grant = { [`${object}Id`]: await idOf(object), UserOrGroupId: await someone(), RowCause: 'Manual' };
      return { put: `${object}Share`, row: { ...grant, ...levels, IsDeleted: false } };
    },
    async () => ({ put: 'User', row: { Id: await someone(), UserRoleId: await idOf('UserRole') } }),
    async () => ({ erase: 'GroupMember', id: await idOf('GroupMember') }),
    async () => ({ erase: 'FieldPermissions', id: await idOf('FieldPermissions') }),
  ];
  const traceless: typeof traced = [
    async () => {
      const share = `${random.pick(WITH_SHARES)}Share`;
      return { erase: share, id: await idOf(share) };
    },
    async () => ({ erase: 'Case', id: await idOf('Case') }),
  ];
  const possible = before === 'any run' ? traced : [...traced, ...traceless];
  for (let left = random.between(2, 6); left > 0; left -= 1) await org.change(await oneOf(possible, random));
}

/** After many rounds an object may have no row left to change. */
class NothingLeftError extends Error {
  override name = 'NothingLeftError';
}

async function oneOf(possible: readonly (() => Promise<Change>)[], random: Random): Promise<Change> {
  for (;;) {
    try {
      return await random.pick(possible)();
    } catch (error) {
      if (!(error instanceof NothingLeftError)) throw error;
    }
  }
}
