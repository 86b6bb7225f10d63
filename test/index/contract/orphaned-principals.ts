import { expect, it } from 'vitest';
import type { MembershipGeneration, OrphanedPrincipals } from '../../../src/index/port/membership.ts';
import {
  generation,
  groupId,
  member,
  type NewIndex,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
  userName,
} from './setup.ts';

const NOTHING: OrphanedPrincipals = { byGroups: 0, byUsers: 0, byCompliantSharing: 0, withoutShares: [] };

/** What documents carry that the membership gives to nobody. */
export function orphanedPrincipals(newIndex: NewIndex): void {
  const begin = async (known: Partial<MembershipGeneration> = {}): Promise<Started> => {
    const world = await Started.begin(newIndex);
    await become(world, known);
    return world;
  };
  let asOf = START;
  const become = (world: Started, known: Partial<MembershipGeneration>) =>
    world.store.replaceMembership(world.fence, { ...generation(++asOf), ...known }, [member(1)], [userName(1)]);

  it('is empty in an empty index, and in one where everybody is known', async () => {
    const world = await Started.begin(newIndex);
    expect(await world.store.orphanedPrincipals()).toEqual(NOTHING);
    await become(world, { groups: [groupId(1)], shared: ['Lead', 'Case'] });
    await world.write({
      records: [record('Lead', 1, {}), record('Lead', 2, {}, { ownerId: groupId(1) })],
      shares: [shares('Lead', 1, [userId(1), groupId(1)]), shares('Lead', 2, [groupId(1)])],
    });
    expect(await world.store.orphanedPrincipals()).toEqual(NOTHING);
  });

  it('counts the documents that are shared with unknown groups and users, once each', async () => {
    const world = await begin();
    await world.write({
      records: [
        record('Lead', 1, {}),
        record('Lead', 2, {}),
        record('Lead', 3, {}),
        record('Case', 1, {}, { ownerId: userId(9) }),
      ],
      shares: [
        shares('Lead', 1, [groupId(1), groupId(2)]),
        shares('Lead', 2, [groupId(1)]),
        shares('Lead', 3, [userId(8)]),
      ],
    });
    expect(await world.store.orphanedPrincipals()).toEqual({ ...NOTHING, byGroups: 2, byUsers: 2 });
  });

  it("a row that gives no access hides nothing, and an account's row hides the account's children", async () => {
    const world = await begin();
    const accountId = recordId('Account', 1);
    await world.write({
      records: [
        record('Account', 1, {}),
        record('Case', 1, {}, { accountId }),
        record('Opportunity', 1, {}, { accountId }),
      ],
      shares: [
        shares('Account', 1, [{ grantee: groupId(1), cause: 'Rule', opens: ['Case'] }]),
        shares('Lead', 1, [{ grantee: groupId(1), cause: 'Rule', opens: [] }]),
      ],
    });
    expect(await world.store.orphanedPrincipals()).toEqual({ ...NOTHING, byGroups: 1 });
  });

  it('follows changes of the membership and of the documents', async () => {
    const world = await begin();
    await world.write({
      records: [record('Lead', 1, {}), record('Lead', 2, {})],
      shares: [shares('Lead', 1, [groupId(1)]), shares('Lead', 2, [groupId(2)])],
    });
    expect((await world.store.orphanedPrincipals()).byGroups).toBe(2);
    await become(world, { groups: [groupId(1)] });
    expect((await world.store.orphanedPrincipals()).byGroups).toBe(1);
    await world.write({ removals: [{ id: recordId('Lead', 2), object: 'Lead', version: START + 5_000 }] });
    expect((await world.store.orphanedPrincipals()).byGroups).toBe(0);
  });

  it('counts documents under Compliant Data Sharing', async () => {
    const world = await begin();
    await world.write({
      records: [record('Opportunity', 1, {}), record('Opportunity', 2, {})],
      shares: [
        shares('Opportunity', 1, [{ grantee: userId(1), cause: 'CompliantDataSharing', opens: ['Opportunity'] }]),
        shares('Opportunity', 2, [userId(1)]),
      ],
    });
    expect(await world.store.orphanedPrincipals()).toEqual({ ...NOTHING, byCompliantSharing: 1 });
  });

  it('names the objects that should have share rows and have none at all', async () => {
    const world = await begin({ shared: ['Lead', 'Case', 'Account'] });
    await world.write({
      records: [record('Lead', 1, {}), record('Case', 1, {}), record('Opportunity', 1, {})],
      shares: [shares('Lead', 1, []), shares('Case', 1, [userId(1)]), shares('Opportunity', 1, [])],
    });
    expect((await world.store.orphanedPrincipals()).withoutShares).toEqual(['Lead']);
  });
}
