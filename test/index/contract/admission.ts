import { expect, it } from 'vitest';
import { keysetCursor } from '../../../src/index/model/reading-cursor.ts';
import { NotAdmittedError, StaleRunError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import {
  generation,
  guard,
  iso,
  member,
  type NewIndex,
  ORG,
  opened,
  opening,
  record,
  START,
  Started,
  userName,
} from './setup.ts';

/** Only the last admitted run writes, and only what it was admitted for. */
export function admission(newIndex: NewIndex): void {
  const begin = () => Started.begin(newIndex);
  const lead = record('Lead', 1, { Name: 'Ada' });

  it.each([
    ['the next run', 2],
    ['any later run', 1_000_000],
    ['the largest number', 2 ** 53],
    ['an invalid number', Number.NaN],
    ['a fraction', 1.5],
  ])('refuses all writes of %s that was never admitted, and changes nothing', async (_, run) => {
    const world = await begin();
    await world.readToEnd();
    const before = await wholeState(world.store);
    const forged = { ...world.fence, run };
    const { store } = world;
    for (const write of [
      () => store.write(forged, { records: [lead] }),
      () => store.begin(forged, null),
      () => store.begin(forged, opening({ start: iso(START + 1) })),
      () => store.sweep(forged, 'Lead', START, guard(100)),
      () => store.endBackfill(forged, { contactsMixed: false }),
      () => store.replaceMembership(forged, generation(START + 99), [member(1)], [userName(1)]),
      () => store.confirmMembership(forged, START, START + 99),
      () => store.noteRights(forged, {}, iso(START)),
      () => store.notePass(forged, { before: iso(START), streams: [] }),
      () => store.noteStreams(forged, { at: iso(START), dropped: [{ object: 'Lead', of: 'records' }] }),
      () => store.endPass(forged, iso(START), {}),
    ])
      await expect(write()).rejects.toThrow(NotAdmittedError);
    expect(await wholeState(store)).toEqual(before);
  });

  it('refuses a run of a new index that was not admitted', async () => {
    const store = await opened((await newIndex()).store());
    const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: ORG };
    const before = await wholeState(store);
    await expect(store.begin(fence, opening())).rejects.toThrow(NotAdmittedError);
    expect(await wholeState(store)).toEqual(before);
  });

  it('admits the next run, a later one and the same run again, but no longer an earlier one', async () => {
    const world = await begin();
    for (const run of [2, 3, 3, 900]) await world.admit({ ...world.fence, run });
    expect((await world.store.state()).highestRun).toBe(900);
    await expect(world.admit({ ...world.fence, run: 899 })).rejects.toThrow(StaleRunError);
    expect(await world.store.write({ ...world.fence, run: 900 }, { records: [lead] })).toMatchObject({ added: 1 });
  });

  it('a second attempt of an admission leaves what the first attempt has begun', async () => {
    const world = await begin();
    const fence = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(START + 5) }), fence);
    await world.store.write(fence, {
      records: [lead],
      position: {
        object: 'Lead',
        position: { cursor: keysetCursor(lead.id), done: true, recordsRead: 1 },
      },
    });
    const before = await wholeState(world.store);
    await world.admit(fence, iso(START + 5));
    expect(await wholeState(world.store)).toEqual(before);
  });

  it.each([1_000_000_002, 2 ** 53 - 1, 2 ** 53, Number.POSITIVE_INFINITY])(
    'does not admit run %d, which is not from this connection, and continues with run 2',
    async (run) => {
      const world = await begin();
      await expect(world.admit({ ...world.fence, run })).rejects.toThrow(NotAdmittedError);
      await world.admit({ ...world.fence, run: 2 });
      expect((await world.store.state()).highestRun).toBe(2);
    },
  );

  it('opens no backfill other than the one that the run was admitted for', async () => {
    const world = await begin();
    await world.write({
      position: {
        object: 'Lead',
        position: { cursor: keysetCursor(lead.id), done: true, recordsRead: 1 },
      },
    });
    const before = await wholeState(world.store);
    await expect(world.store.begin(world.fence, opening({ start: iso(START + 1) }))).rejects.toThrow(NotAdmittedError);
    expect(await wholeState(world.store)).toEqual(before);
    await world.admit({ ...world.fence, run: 2 });
    await expect(world.store.begin({ ...world.fence, run: 2 }, opening())).rejects.toThrow(NotAdmittedError);
  });

  it('refuses a backfill that starts long before what is indexed already', async () => {
    const world = await begin();
    await world.endBackfill();
    const later = { ...world.fence, run: 2 };
    await expect(world.admit(later, iso(START - 11 * 60_000))).rejects.toThrow(NotAdmittedError);
    await world.admit(later, iso(START - 9 * 60_000));
  });

  it('keeps the position of a pass for the run that makes it', async () => {
    const world = await begin();
    const streams = [{ object: 'Lead', of: 'records', after: { stamp: iso(START), id: lead.id } }] as const;
    await world.store.notePass(world.fence, { before: iso(START + 9), streams });
    expect((await world.store.state()).pass).toEqual({ run: 1, before: iso(START + 9), streams });
    await world.store.endPass(world.fence, iso(START + 9), {});
    expect((await world.store.state()).pass).toEqual({ run: 1, before: iso(START + 9), streams: [] });
  });
}
