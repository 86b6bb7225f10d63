import { expect, it } from 'vitest';
import { StaleRunError } from '../../../src/index/errors.ts';
import { wholeState } from '../whole-state.ts';
import { generation, guard, member, type NewIndex, record, START, Started, userName } from './setup.ts';

/** A newer run ends the writing of an older one. */
export function fence(newIndex: NewIndex): void {
  it('refuses whatever a run writes once a newer one has begun, and changes nothing', async () => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await world.begin(null, { ...world.ticket, run: 2 });
    const before = await wholeState(world.writer);
    expect(before.highestRun).toBe(2);
    await expect(world.write({ records: [record('Lead', 2, { Name: 'Bob' })] })).rejects.toThrow(StaleRunError);
    await expect(world.writer.sweep(world.ticket, 'Lead', START + 9_000, guard(20))).rejects.toThrow(StaleRunError);
    await expect(world.writer.endBackfill(world.ticket, { contactsMixed: false })).rejects.toThrow(StaleRunError);
    await expect(world.members(member(1))).rejects.toThrow(StaleRunError);
    await expect(world.writer.begin(world.ticket, null)).rejects.toThrow(StaleRunError);
    expect(await wholeState(world.writer)).toEqual(before);
  });

  it('lets the newest run go on, by whatever connection', async () => {
    const world = await Started.begin(newIndex);
    const ticket = { ...world.ticket, run: 2 };
    await world.begin(null, ticket);
    const other = await world.index.writer();
    expect(await other.write(ticket, { records: [record('Lead', 1, { Name: 'Ada' })] })).toMatchObject({ added: 1 });
    await other.close();
    expect(await world.writer.write(ticket, { records: [record('Lead', 2, { Name: 'Bob' })] })).toMatchObject({
      added: 1,
    });
  });

  it('a newer run that is admitted closes the door behind it, before it has begun', async () => {
    const world = await Started.begin(newIndex);
    await world.admit({ ...world.ticket, run: 5 });
    await expect(world.write({})).rejects.toThrow(StaleRunError);
  });

  it('a membership that a newer run overtakes half-way never counts', async () => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' }, { ownerId: 'queue' })] });
    await world.members(member(1, ['queue']));
    const begun: Promise<void>[] = [];
    function* members() {
      for (let n = 1; n <= 600; n++) yield member(n);
      begun.push(world.begin(null, { ...world.ticket, run: 2 }));
      for (let n = 601; n <= 1_300; n++) yield member(n);
    }
    await expect(
      world.writer.replaceMembership(world.ticket, generation(START + 99), members(), [userName(1)]),
    ).rejects.toThrow(StaleRunError);
    await Promise.all(begun);
    expect(await world.found(1)).toHaveLength(1);
  });
}
