import { expect, it } from 'vitest';
import { keysetCursor } from '../../../src/index/model/reading-cursor.ts';
import type { ReadingCursor } from '../../../src/index/port/backfill.ts';
import { BackfillUnreadError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import {
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
} from './setup.ts';

const lead = recordId('Lead', 1);

/** The open complete backfill, the watermarks, and the effect of its end. */
export function backfill(newIndex: NewIndex): void {
  const begin = (): Promise<Started> => Started.begin(newIndex);
  const after = (cursor: ReadingCursor | null, done: boolean, recordsRead = 1) =>
    ({ object: 'Lead', position: { cursor, done, recordsRead } }) as const;
  const at = (id: string | null, done: boolean, recordsRead = 1) =>
    after(id === null ? null : keysetCursor(id), done, recordsRead);

  it('keeps its position with the data, and resumes there if its start is the same', async () => {
    const world = await begin();
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })], position: at(lead, false) });
    await world.begin(opening(), { ...world.fence, run: 2 });
    expect((await world.store.state()).backfill).toEqual({
      start: iso(START),
      positions: { Lead: { cursor: keysetCursor(lead), done: false, recordsRead: 1 } },
      unguarded: [],
      objects: null,
    });
  });

  it.each<ReadingCursor & { [more: string]: unknown }>([
    { kind: 'keyset', after: lead },
    { kind: 'keyset', after: "not an id, because of '" },
    { kind: 'job', locator: 'MTAwMDA', parts: [{ from: 1, note: 'ſ\u0000' }, null] },
  ])('gives a position back with its cursor as it was, of any kind: %j', async (cursor) => {
    const world = await begin();
    await world.write({ position: after(cursor, false) });
    expect((await world.store.state()).backfill?.positions).toEqual({ Lead: after(cursor, false).position });
  });

  it('a new start discards the old positions, and an incremental run leaves them', async () => {
    const world = await begin();
    await world.write({ position: at(lead, true) });
    await world.begin(null, { ...world.fence, run: 2 });
    expect((await world.store.state()).backfill?.positions).toEqual({ Lead: at(lead, true).position });
    await world.begin(opening({ start: iso(START + 1), schema: 'fewer' }), { ...world.fence, run: 3 });
    const { backfill, schema, highestRun } = await world.store.state();
    expect({ backfill, schema, highestRun }).toEqual({
      backfill: { start: iso(START + 1), positions: {}, unguarded: [], objects: null },
      schema: 'fewer',
      highestRun: 3,
    });
  });

  it('a slower attempt does not reopen an object that is fully read', async () => {
    const world = await begin();
    await world.write({ position: at(lead, true, 9) });
    await world.write({ position: at(null, false, 0) });
    expect((await world.store.state()).backfill?.positions.Lead).toEqual({
      cursor: keysetCursor(lead),
      done: true,
      recordsRead: 9,
    });
  });

  it('a watermark never moves back', async () => {
    const world = await begin();
    await world.write({ watermarks: [{ object: 'Lead', of: 'records', at: iso(START + 60_000) }] });
    await world.write({ watermarks: [{ object: 'Lead', of: 'records', at: iso(START) }] });
    await world.write({ watermarks: [{ object: 'Case', of: 'records', at: iso(START) }] });
    expect((await world.store.state()).watermarks).toEqual({ Lead: iso(START + 60_000), Case: iso(START) });
  });

  it('the end of a backfill raises the watermarks of what it read to its start, and lowers none', async () => {
    const world = await begin();
    await world.write({
      position: at(null, true),
      watermarks: [{ object: 'Case', of: 'records', at: iso(START - 5) }],
    });
    await world.write({ position: { ...at(null, true), object: 'Case' } });
    await world.write({
      position: { ...at(null, true), object: 'Contact' },
      watermarks: [{ object: 'Contact', of: 'records', at: iso(START + 9) }],
    });
    await world.endBackfill();
    const state = await wholeState(world.store);
    expect(state.watermarks).toEqual({
      Account: iso(START),
      Contact: iso(START + 9),
      Case: iso(START),
      Opportunity: iso(START),
      Lead: iso(START),
    });
    expect([state.backfill, state.contacts]).toEqual([null, 'controlled']);
  });

  it('a backfill cannot end before every object is fully read, and may end twice', async () => {
    const world = await begin();
    await expect(world.store.endBackfill(world.fence, { contactsMixed: false })).rejects.toThrow('Account');
    for (const object of ['Account', 'Contact', 'Case', 'Opportunity'] as const)
      await world.write({ position: { ...at(null, true), object } });
    await world.write({ position: at(lead, false) });
    const early = expect(world.store.endBackfill(world.fence, { contactsMixed: false })).rejects;
    await early.toThrow(BackfillUnreadError);
    await early.toThrow('Lead has not been read completely');
    expect((await world.store.state()).backfill).not.toBeNull();
    await world.write({ position: at(lead, true) });
    await world.endBackfill();
    const ended = await wholeState(world.store);
    await world.endBackfill();
    await world.write({ position: at(lead, false) });
    expect(await wholeState(world.store)).toEqual(ended);
  });

  it('a run that continues does not reopen a backfill that has ended', async () => {
    const world = await begin();
    await world.endBackfill();
    const ended = await wholeState(world.store);
    await world.store.begin(world.fence, opening());
    expect(await wholeState(world.store)).toEqual(ended);
    expect([ended.backfill, ended.lastBackfill]).toEqual([null, iso(START)]);
  });

  it('tombstones last until a backfill that began after them has ended', async () => {
    const world = await begin();
    await world.members(member(1), member(3, [groupId(1)]));
    const removed = START + 5_000;
    const old = { records: [record('Lead', 1, { Name: 'Ada' }, { version: removed - 1 })] };
    await world.write({ removals: [{ id: lead, object: 'Lead', version: removed }] });
    await world.endBackfill();
    expect(await world.write(old)).toMatchObject({ added: 0, outdated: 1 });

    const fence = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(removed) }), fence);
    await world.endBackfill(fence);
    expect(await world.store.write(fence, old)).toMatchObject({ added: 0, outdated: 1 });

    await world.begin(opening({ start: iso(removed + 1) }), fence);
    expect(await world.store.write(fence, old)).toMatchObject({ added: 0, outdated: 1 });
    await world.endBackfill(fence);
    expect(await world.store.write(fence, old)).toMatchObject({ added: 1, outdated: 0 });
  });

  it('the end of a backfill on an unchanged org leaves every document', async () => {
    const world = await begin();
    await world.members(member(3, [groupId(1)]));
    const batch = (version: number) => ({
      records: [record('Lead', 1, { Name: 'Ada' }, { version }), record('Account', 1, { Name: 'Acme' }, { version })],
      shares: [shares('Lead', 1, [groupId(1)], version), shares('Account', 1, [groupId(1)], version)],
    });
    await world.write(batch(START));
    const start = START + 100_000;
    await world.begin(opening({ start: iso(start) }));
    expect(await world.write(batch(start))).toMatchObject({ added: 0, changed: 0, renewed: 2, removed: 0 });
    for (const object of ['Account', 'Lead'] as const)
      expect(await world.sweep(object, start, guard(20))).toEqual({ removed: 0, stopped: null });
    await world.endBackfill();
    expect(await world.found(3)).toEqual([recordId('Account', 1), lead].sort());
  });
}
