import { expect, it } from 'vitest';
import type { OrgTables } from '../../../src/access/tables.ts';
import type { Member } from '../../../src/access/types.ts';
import { StaleMembershipError } from '../../../src/index/errors.ts';
import { describedField, tablesOf } from '../../access/org.ts';
import { generation, groupId, member, type NewIndex, opened, START, Started, userId, userName } from './setup.ts';

/** More rows than lie in one piece of the file. */
const MANY = 4_500;

/** The org's tables beside the membership that was made of them. */
export function orgTables(newIndex: NewIndex): void {
  const withGroup = (n: number): OrgTables => tablesOf({ Group: [{ Id: groupId(n), Type: 'Queue', RelatedId: null }] });
  const replace = (world: Started, asOf: number, tables: OrgTables, members: Iterable<Member> = [member(1)]) =>
    world.writer.replaceMembership(world.ticket, { ...generation(asOf), tables }, members, [userName(1)]);

  it('there are none before the first generation', async () => {
    const world = await Started.begin(newIndex);
    expect(await world.writer.membershipTables()).toBeNull();
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
    expect(await world.writer.membershipTables()).toEqual({ asOf: START + 7, tables });
  });

  it('are those of the current generation, until the next one is whole', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 1, withGroup(1));
    const other = await opened(world.index.writer());
    const seen: Promise<unknown>[] = [];
    function* members() {
      for (let n = 1; n <= 1_200; n++) {
        if (n % 400 === 0) seen.push(other.membershipTables());
        yield member(n);
      }
    }
    await replace(world, START + 2, withGroup(2), members());
    expect(await Promise.all(seen)).toEqual(Array(3).fill({ asOf: START + 1, tables: withGroup(1) }));
    expect(await other.membershipTables()).toEqual({ asOf: START + 2, tables: withGroup(2) });
  });

  it('stay when a generation is refused, or breaks off', async () => {
    const world = await Started.begin(newIndex);
    await replace(world, START + 5, withGroup(1));
    await expect(replace(world, START + 4, withGroup(2))).rejects.toThrow(StaleMembershipError);
    function* broken() {
      yield member(1);
      throw new Error('the connection was cut');
    }
    const next = { ...generation(START + 6), tables: withGroup(3) };
    await expect(world.writer.replaceMembership(world.ticket, next, broken(), [])).rejects.toThrow('was cut');
    expect(await world.writer.membershipTables()).toEqual({ asOf: START + 5, tables: withGroup(1) });
  });
}
