import { expect, it } from 'vitest';
import type { WriteBatch } from '../../../src/index/port/documents.ts';
import { ClockSetBackError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import {
  generation,
  groupId,
  guard,
  iso,
  member,
  type NewIndex,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userName,
} from './setup.ts';

const MINUTE = 60_000;
const FAR = Date.parse('2999-01-01T00:00:00.000Z');
const lead = recordId('Lead', 1);
const ada = (version: number) => record('Lead', 1, { Name: 'Ada' }, { version });

/** An org's clock that was ahead and came back. What was written meanwhile must not count forever. */
export function clock(newIndex: NewIndex): void {
  const begin = () => Started.begin(newIndex, member(1), member(3, [groupId(1)]));
  const next = (world: Started) => ({ ...world.fence, run: 2 });

  it.each<[string, (world: Started, at: number) => Promise<unknown>]>([
    ['a document', (world, version) => world.write({ records: [ada(version)] })],
    ['a tombstone', (world, version) => world.write({ removals: [{ id: lead, object: 'Lead', version }] })],
    [
      'a record that could not be indexed',
      (world, version) =>
        world.write({ removals: [{ id: lead, object: 'Lead', version, cause: { code: 'modified_malformed' } }] }),
    ],
    ['share rows', (world, version) => world.write({ shares: [shares('Lead', 1, [groupId(1)], version)] })],
    ['a watermark', (world, at) => world.write({ watermarks: [{ object: 'Case', of: 'records', at: iso(at) }] })],
    [
      'a membership',
      (world, asOf) => world.store.replaceMembership(world.fence, generation(asOf), [member(1)], [userName(1)]),
    ],
    [
      'a table reading',
      (world, at) =>
        world.store.replaceMembership(
          world.fence,
          { ...generation(START + 99), readings: { User: { soql: 'q', at, count: 1, newest: null } } },
          [member(1)],
          [userName(1)],
        ),
    ],
    ['an open backfill', (world, at) => world.begin(opening({ start: iso(at) }))],
    [
      'a backfill that has ended',
      async (world, at) => {
        await world.begin(opening({ start: iso(at) }));
        await world.endBackfill();
      },
    ],
    ['a check of the rights', (world, at) => world.store.noteRights(world.fence, { Lead: SIGHT }, iso(at))],
    [
      'a sweep',
      async (world, at) => {
        await world.write({ records: [ada(START)] });
        await world.sweep('Lead', at, guard(20));
      },
    ],
  ])('notices %s more than ten minutes ahead of the clock, and takes it back at admission', async (_, write) => {
    const world = await begin();
    await write(world, START + 40 * MINUTE);
    expect(await world.store.aheadOf(iso(START + 30 * MINUTE))).toBeNull();
    const now = iso(START + 29 * MINUTE);
    expect(await world.store.aheadOf(now)).toBe(iso(START + 40 * MINUTE));
    await world.admit(next(world), now, now);
    expect(await world.store.aheadOf(now)).toBeNull();
  });

  const SIGHT = { whole: true, traces: {} };

  /**
   * What a run with a clock in 2999 leaves: a document, share rows, a tombstone, a membership, watermarks, an open
   * backfill.
   */
  async function poisoned(): Promise<Started> {
    const world = await begin();
    const later: WriteBatch = {
      records: [ada(FAR), record('Lead', 2, { Name: 'Gone' }, { version: FAR })],
      shares: [shares('Lead', 1, [groupId(1)], FAR)],
      removals: [
        { id: recordId('Case', 1), object: 'Case', version: FAR },
        { id: recordId('Case', 2), object: 'Case', version: FAR, cause: { code: 'modified_malformed' } },
      ],
      watermarks: [{ object: 'Lead', of: 'records', at: iso(FAR) }],
    };
    await world.begin(opening({ start: iso(FAR - 1) }));
    await world.write(later);
    await world.store.replaceMembership(
      world.fence,
      generation(FAR),
      [member(1), member(3, [groupId(1)])],
      [userName(1), userName(3)],
    );
    await world.store.noteRights(world.fence, { Lead: SIGHT }, iso(FAR));
    return world;
  }

  it('counts everything that is read next, and sweeps what is not seen', async () => {
    const world = await poisoned();
    const fence = next(world);
    const now = START + MINUTE;
    expect(await world.write({ records: [ada(now)] })).toMatchObject({ outdated: 1 });
    await world.admit(fence, iso(now), iso(now));
    const state = await wholeState(world.store);
    expect(state).toMatchObject({ watermarks: {}, backfill: null, highestRun: 2 });
    expect(await world.found(3)).toEqual([lead]);

    await world.store.begin(fence, opening({ start: iso(now) }));
    const changed = record('Lead', 1, { Name: 'Grace' }, { version: now });
    const bound = record('Case', 1, { Subject: 'Back' }, { version: now });
    expect(
      await world.store.write(fence, { records: [changed, bound], shares: [shares('Lead', 1, [], now)] }),
    ).toMatchObject({ added: 1, changed: 1, outdated: 0 });
    await world.readToEnd(fence);
    for (const object of ['Lead', 'Case'] as const) await world.store.sweep(fence, object, now, guard(20));
    await world.store.endBackfill(fence, { contactsMixed: false });
    await world.store.replaceMembership(
      fence,
      generation(now),
      [member(1), member(3, [groupId(1)])],
      [userName(1), userName(3)],
    );
    expect(await world.found(1)).toEqual([lead, recordId('Case', 1)].sort());
    expect(await world.found(1, 'grace')).toEqual([lead]);
    expect(await world.found(3)).toEqual([]);
    expect((await world.store.health()).unindexed.count).toBe(0);
    expect(await world.store.aheadOf(iso(now))).toBeNull();
  });

  it('reads every table of the membership again', async () => {
    const world = await poisoned();
    await world.admit(next(world), iso(START), iso(START));
    expect(await world.store.membershipReadings()).toEqual({ asOf: 0, readings: {} });
  });

  it('settles share rows that were due by those that are read next', async () => {
    const world = await begin();
    await world.write({ records: [ada(FAR)] });
    await world.admit(next(world), iso(START), iso(START));
    const again = { ...ada(START + 1) };
    expect(await world.store.write(next(world), { records: [again] })).toMatchObject({ sharesUnknown: [lead] });
    await world.store.write(next(world), { shares: [shares('Lead', 1, [groupId(1)], START + 1)] });
    expect(await world.store.write(next(world), { records: [again] })).toMatchObject({ sharesUnknown: [] });
    expect(await world.found(3)).toEqual([lead]);
  });

  it('counts what was missed in the future as missed until a backfill has read it', async () => {
    const world = await begin();
    await world.store.noteRights(world.fence, { Lead: { ...SIGHT, whole: false } }, iso(FAR - 1));
    await world.store.noteRights(world.fence, { Lead: SIGHT }, iso(FAR));
    const now = iso(START + MINUTE);
    await world.admit(next(world), now, now);
    expect((await world.store.health()).missed).toEqual(['Lead']);
    await world.store.begin(next(world), opening({ start: now }));
    await world.readToEnd(next(world));
    await world.store.sweep(next(world), 'Lead', Date.parse(now), guard(20));
    expect((await world.store.health()).missed).toEqual([]);
  });

  it('an incremental run cannot make up for it: it changes nothing, and the error says what comes next', async () => {
    const world = await poisoned();
    const before = await wholeState(world.store);
    const admitting = expect(world.admit(next(world), null, iso(START))).rejects;
    await admitting.toThrow(ClockSetBackError);
    await admitting.toThrow(/up to 2999-01-01T00:00:00.000Z.*says 2026-03-01.*next run.*complete backfill/);
    expect(await wholeState(world.store)).toEqual(before);
  });

  it('what is older than the clock keeps its version', async () => {
    const world = await begin();
    await world.write({ records: [ada(START + 5), record('Lead', 2, { Name: 'Far' }, { version: FAR })] });
    await world.admit(next(world), iso(START + MINUTE), iso(START + MINUTE));
    const write = (n: number) =>
      world.store.write(next(world), { records: [record('Lead', n, { Name: 'Old' }, { version: START + 4 })] });
    expect(await write(1)).toMatchObject({ outdated: 1 });
    expect(await write(2)).toMatchObject({ outdated: 0, changed: 1 });
  });
}
