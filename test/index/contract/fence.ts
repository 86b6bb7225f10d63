import { expect, it } from 'vitest';
import { StaleRunError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import { generation, guard, member, type NewIndex, record, START, Started, userName } from './setup.ts';

/** A newer run ends the writing of an older one. */
export function fence(newIndex: NewIndex): void {
  it('refuses all writes of a run once a newer one has begun, and changes nothing', async () => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await world.begin(null, { ...world.fence, run: 2 });
    const before = await wholeState(world.store);
    expect(before.highestRun).toBe(2);
    await expect(world.write({ records: [record('Lead', 2, { Name: 'Bob' })] })).rejects.toThrow(StaleRunError);
    await expect(world.store.sweep(world.fence, 'Lead', START + 9_000, guard(20))).rejects.toThrow(StaleRunError);
    await expect(world.store.endBackfill(world.fence, { contactsMixed: false })).rejects.toThrow(StaleRunError);
    await expect(world.members(member(1))).rejects.toThrow(StaleRunError);
    await expect(world.store.begin(world.fence, null)).rejects.toThrow(StaleRunError);
    expect(await wholeState(world.store)).toEqual(before);
  });

  it('lets the newest run continue over any connection', async () => {
    const world = await Started.begin(newIndex);
    const fence = { ...world.fence, run: 2 };
    await world.begin(null, fence);
    const other = await world.index.store();
    expect(await other.write(fence, { records: [record('Lead', 1, { Name: 'Ada' })] })).toMatchObject({ added: 1 });
    await other.close();
    expect(await world.store.write(fence, { records: [record('Lead', 2, { Name: 'Bob' })] })).toMatchObject({
      added: 1,
    });
  });

  it('a newer run shuts out an older one at its admission, before it has begun', async () => {
    const world = await Started.begin(newIndex);
    await world.admit({ ...world.fence, run: 5 });
    await expect(world.write({})).rejects.toThrow(StaleRunError);
  });

  it('a membership never counts if a newer run overtakes it half-way', async () => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' }, { ownerId: 'queue' })] });
    await world.members(member(1, ['queue']));
    const begun: Promise<void>[] = [];
    function* members() {
      for (let n = 1; n <= 600; n++) yield member(n);
      begun.push(world.begin(null, { ...world.fence, run: 2 }));
      for (let n = 601; n <= 1_300; n++) yield member(n);
    }
    await expect(
      world.store.replaceMembership(world.fence, generation(START + 99), members(), [userName(1)]),
    ).rejects.toThrow(StaleRunError);
    await Promise.all(begun);
    expect(await world.found(1)).toHaveLength(1);
  });
}
