import { expect, it } from 'vitest';
import type { OrgTables } from '../../../src/access/tables.ts';
import type { Member } from '../../../src/access/types.ts';
import { StaleMembershipError, StaleRunError } from '../../../src/index/port/errors.ts';
import { describedField, tablesOf } from '../../access/org.ts';
import { generation, groupId, member, type NewIndex, opened, START, Started, userId, userName } from './setup.ts';

/** More rows than fit into one chunk of the file. */
const MANY = 4_500;

/** The org's tables, stored beside the membership that was computed from them. */
export function orgTables(newIndex: NewIndex): void {
  const withGroup = (n: number): OrgTables => tablesOf({ Group: [{ Id: groupId(n), Type: 'Queue', RelatedId: null }] });
  const replace = (world: Started, asOf: number, tables: OrgTables, members: Iterable<Member> = [member(1)]) =>
    world.store.replaceMembership(world.fence, { ...generation(asOf), tables }, members, [userName(1)]);

  it('does not exist before the first generation', async () => {
    const world = await Started.begin(newIndex);
    expect(await world.store.membershipTables()).toBeNull();
    expect(await world.store.membershipReadings()).toBeNull();
    expect(await world.store.confirmMembership(world.fence, START, START)).toBe(false);
  });

  it('come back as they were given, with what could not be read and why', async () => {
    const world = await Started.begin(newIndex);
    const tables = tablesOf({
      User: [
        { Id: userId(1), Name: 'Zoë “Łukasz” 🚢', IsActive: true, UserRoleId: null },
        { Id: userId(2), Name: '', IsActive: false, UserRoleId: '00E000000000001EAA' },
      ],
      GroupMember: Array.from({ length: MANY }, (_, n) => ({ GroupId: groupId(n), UserOrGroupId: userId(n) })),
      UserLogin: null,
      Territory2: [],
      described: { Lead: null, Case: [describedField('Subject', true), describedField('City', true, 'Address')] },
    });
    await replace(world, START + 7, tables);
    expect(await world.store.membershipTables()).toEqual({ asOf: START + 7, tables, readings: {} });
  });

  it('belong to the current generation until the next one is complete', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 1, withGroup(1));
    const other = await opened(world.index.store());
    const seen: Promise<unknown>[] = [];
    function* members() {
      for (let n = 1; n <= 1_200; n++) {
        if (n % 400 === 0) seen.push(other.membershipTables());
        yield member(n);
      }
    }
    await replace(world, START + 2, withGroup(2), members());
    expect(await Promise.all(seen)).toEqual(Array(3).fill({ asOf: START + 1, tables: withGroup(1), readings: {} }));
    expect(await other.membershipTables()).toEqual({ asOf: START + 2, tables: withGroup(2), readings: {} });
  });

  it('stay if a generation is refused or breaks off', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 5, withGroup(1));
    await expect(replace(world, START + 4, withGroup(2))).rejects.toThrow(StaleMembershipError);
    function* broken() {
      yield member(1);
      throw new Error('the connection was cut');
    }
    const next = { ...generation(START + 6), tables: withGroup(3) };
    await expect(world.store.replaceMembership(world.fence, next, broken(), [])).rejects.toThrow('was cut');
    expect(await world.store.membershipTables()).toMatchObject({ asOf: START + 5, tables: withGroup(1) });
  });

  it('come with how they were read', async () => {
    const world = await Started.begin(newIndex);
    const readings = {
      User: { soql: 'SELECT Id FROM User', at: START, count: 7, newest: '2026-02-01T00:00:00.000Z' },
      Group: { soql: 'SELECT Id FROM Group', at: START, count: 0, newest: null },
    };
    const next = { ...generation(START + 1), readings };
    await world.store.replaceMembership(world.fence, next, [member(1)], [userName(1)]);
    expect(await world.store.membershipReadings()).toEqual({ asOf: START + 1, readings });
    expect(await world.store.membershipTables()).toMatchObject({ asOf: START + 1, readings });
  });

  it('a generation that is confirmed counts as later, and refuses older generations', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 1, withGroup(1));
    expect(await world.store.confirmMembership(world.fence, START + 1, START + 9)).toBe(true);
    expect(await world.store.membershipTables()).toMatchObject({ asOf: START + 9, tables: withGroup(1) });
    await expect(replace(world, START + 8, withGroup(2))).rejects.toThrow(StaleMembershipError);
    expect(await world.found(1)).toEqual([]);
  });

  it('a generation is not confirmed after another has replaced it, nor for a past time', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 1, withGroup(1));
    await replace(world, START + 2, withGroup(2));
    expect(await world.store.confirmMembership(world.fence, START + 1, START + 9)).toBe(false);
    expect(await world.store.confirmMembership(world.fence, START + 2, START + 1)).toBe(false);
    expect(await world.store.membershipReadings()).toMatchObject({ asOf: START + 2 });
  });

  it('a run that has ended confirms nothing', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 1, withGroup(1));
    await world.begin(null, { ...world.fence, run: 2 });
    await expect(world.store.confirmMembership(world.fence, START + 1, START + 9)).rejects.toThrow(StaleRunError);
    expect(await world.store.membershipReadings()).toMatchObject({ asOf: START + 1 });
  });
}
