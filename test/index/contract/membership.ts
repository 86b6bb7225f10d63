import { expect, it } from 'vitest';
import { StaleMembershipError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import {
  generation,
  groupId,
  iso,
  member,
  type NewIndex,
  record,
  recordId,
  START,
  Started,
  userId,
  userName,
} from './setup.ts';

const lead = recordId('Lead', 1);

/** The membership table: whole generations, one of them current. */
export function membership(newIndex: NewIndex): void {
  const begin = async (): Promise<Started> => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' }, { ownerId: groupId(1) })] });
    return world;
  };

  /** What one search of user 1 finds, which has begun at this moment. */
  const idsFoundBy = async (world: Started) => (await world.search(1)).hits.map(({ id }) => id);

  it('a promotion takes effect at once, and touches no document', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(1)]), member(2));
    const before = await wholeState(world.store);
    await world.members(member(1), member(2, [groupId(1)]));
    expect([await world.found(1), await world.found(2)]).toEqual([[], [lead]]);
    expect(await wholeState(world.store)).toEqual(before);
  });

  it('readers see the old generation until the new one is complete', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(1)]));
    const seen: Promise<string[]>[] = [];
    function* members() {
      for (let n = 1; n <= 1_200; n++) {
        if (n % 400 === 0) seen.push(idsFoundBy(world));
        yield member(n);
      }
    }
    const later = generation(START + 100);
    expect(await world.store.replaceMembership(world.fence, later, members(), [userName(1)])).toEqual({
      members: 1_200,
    });
    expect(await Promise.all(seen)).toEqual([[lead], [lead], [lead]]);
    expect(await world.found(1)).toEqual([]);
  });

  it('names take effect with their generation, not before', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(1)]));
    const seen: Promise<string[]>[] = [];
    function* names() {
      for (let n = 1; n <= 1_200; n++) {
        if (n === 1_100) seen.push(idsFoundBy(world));
        yield userName(n, { refused: 'inactive' });
      }
    }
    await world.store.replaceMembership(world.fence, generation(START + 100), [], names());
    expect(await Promise.all(seen)).toEqual([[lead]]);
    await expect(world.found(1)).rejects.toThrow('inactive');
  });

  it('a user who is not in the new generation is unknown', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(1)]), member(2));
    await world.members(member(1, [groupId(1)]));
    expect(await world.found(1)).toEqual([lead]);
    await expect(world.found(2)).rejects.toThrow('No user is named');
  });

  it('refuses a generation older than the current one, and accepts an equal one', async () => {
    const world = await begin();
    const replace = (asOf: number, principals: string[]) =>
      world.store.replaceMembership(world.fence, generation(asOf), [member(1, principals)], [userName(1)]);
    await replace(START + 10, []);
    await expect(replace(START + 9, [groupId(1)])).rejects.toThrow(StaleMembershipError);
    expect(await world.found(1)).toEqual([]);
    await replace(START + 10, [groupId(1)]);
    expect(await world.found(1)).toEqual([lead]);
  });

  it('of two generations that are written at once, the one begun first does not undo the other', async () => {
    const world = await begin();
    const other = await world.index.store();
    const second: Promise<unknown>[] = [];
    function* members() {
      for (let n = 1; n <= 600; n++) yield member(n);
      second.push(
        other.replaceMembership(world.fence, generation(START + 5), [member(1, [groupId(1)])], [userName(1)]),
      );
      for (let n = 601; n <= 3_000; n++) yield member(n);
    }
    const first = world.store.replaceMembership(world.fence, generation(START + 5), members(), [userName(1)]);
    // It is refused, unless it was already over when the other began.
    const refusal = await first.then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal !== null) expect(refusal).toBeInstanceOf(StaleMembershipError);
    await Promise.all(second);
    await other.close();
    expect(await world.found(1)).toEqual([lead]);
  });

  it('a generation that breaks off leaves the current one, and the next one succeeds', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(1)]));
    function* broken() {
      for (let n = 1; n <= 600; n++) yield member(n);
      throw new Error('the connection was cut');
    }
    await expect(world.store.replaceMembership(world.fence, generation(START + 50), broken(), [])).rejects.toThrow(
      'the connection was cut',
    );
    expect(await world.found(1)).toEqual([lead]);
    await world.members(member(1));
    expect(await world.found(1)).toEqual([]);
  });

  it.each([
    [
      'the first row that has not ended',
      ['2001-01-01T00:00:00.000Z', [groupId(9)]],
      ['2200-01-01T00:00:00.000Z', [groupId(1)]],
      [null, []],
      [lead],
    ],
    [
      'no row that has ended',
      ['2001-01-01T00:00:00.000Z', [groupId(1)]],
      ['2200-01-01T00:00:00.000Z', []],
      [null, [groupId(1)]],
      [],
    ],
    [
      'the lasting row when the others have ended',
      ['2001-01-01T00:00:00.000Z', []],
      ['2002-01-01T00:00:00.000Z', []],
      [null, [groupId(1)]],
      [lead],
    ],
  ] as const)('a search uses %s', async (_, first, second, third, found) => {
    const world = await begin();
    const rows = [third, first, second].map(([until, principals]) => member(1, [...principals], {}, until));
    await world.members(...rows);
    expect(await world.found(1)).toEqual(found);
  });

  it('if every row has ended, nobody is served', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(1)], {}, iso(0)));
    await expect(world.found(1)).rejects.toThrow('does not know yet what the user');
    expect((await world.store.counts()).Lead).toBe(1);
  });

  it('a principal that a member already has reaches a later document that carries it', async () => {
    const world = await begin();
    await world.members(member(1, [groupId(77)]));
    await world.write({ records: [record('Lead', 2, { Name: 'Bob' }, { ownerId: groupId(77) })] });
    expect(await world.found(1)).toEqual([recordId('Lead', 2)]);
    expect(userId(77)).not.toBe(groupId(77));
  });
}
