import { expect, it } from 'vitest';
import type { Stream } from '../../../src/facts/warnings.ts';
import { BackfillUnreadError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import { guard, iso, member, type NewIndex, opening, record, recordId, START, Started } from './setup.ts';

/** Streams that the org refuses, and backfills of single objects. */
export function blocked(newIndex: NewIndex): void {
  const records = { object: 'Lead', of: 'records' } as const;
  const accountShares = { object: 'Account', of: 'shares' } as const;
  const refusal = (stream: Stream) => ({ ...stream, code: 'QUERY_TIMEOUT', message: 'too slow' });
  const LATER = START + 100_000;

  /** An index whose first backfill has ended, with one lead. */
  async function filled(): Promise<Started> {
    const world = await Started.begin(newIndex, member(1));
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await world.endBackfill();
    return world;
  }

  it('a blocked stream keeps its beginning and watermark, and the other stream of its object continues', async () => {
    const world = await filled();
    await world.store.noteStreams(world.fence, { blocked: [refusal(records)], at: iso(START + 5) });
    await world.store.noteStreams(world.fence, {
      blocked: [{ ...records, code: 'OTHER', message: 'other' }],
      at: iso(START + 9),
    });
    await world.write({ watermarks: [{ object: 'Lead', of: 'shares', at: iso(START + 9) }] });
    const state = await wholeState(world.store);
    expect(state.blocked).toEqual([
      {
        ...records,
        code: 'OTHER',
        message: 'other',
        since: iso(START),
        at: iso(START + 5),
        run: 1,
        triedIn: null,
        missedBackfill: false,
        answers: false,
        rereads: 0,
      },
    ]);
    expect([state.watermarks.Lead, state.shareWatermarks.Lead]).toEqual([iso(START), iso(START + 9)]);
  });

  it('if the stream of accounts is blocked, their children are stale too until it is read again', async () => {
    const world = await filled();
    await world.store.noteStreams(world.fence, { blocked: [refusal(accountShares)], at: iso(START + 5) });
    const stale = (await world.store.health()).stale;
    expect(stale.map(({ object }) => object)).toEqual(['Account', 'Contact', 'Case', 'Opportunity']);
    expect(stale[1]).toMatchObject({ since: iso(START), run: 1, hidden: false, blockedBy: accountShares });
    await world.write({ watermarks: [{ ...accountShares, at: iso(LATER) }] });
    const { stale: none, blocked } = await world.store.health();
    expect([none, blocked]).toEqual([[], []]);
  });

  it("a backfill that was refused a stream sweeps the others, ends, and leaves that stream's watermark", async () => {
    const world = await filled();
    await world.write({ records: [record('Case', 1, { Subject: 'Old' })] });
    const fence = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(LATER) }), fence);
    await world.store.noteStreams(fence, { blocked: [refusal(records)], at: iso(LATER), inBackfill: true });
    await world.readToEnd(fence);
    const swept = (object: 'Lead' | 'Case') => world.store.sweep(fence, object, LATER, guard(100));
    expect(await swept('Lead')).toEqual({ removed: 0, stopped: null });
    expect(await swept('Case')).toEqual({ removed: 1, stopped: null });
    await world.store.endBackfill(fence, { contactsMixed: false });
    const state = await wholeState(world.store);
    expect([state.lastBackfill, state.watermarks.Case, state.shareWatermarks.Lead]).toEqual(Array(3).fill(iso(LATER)));
    expect([state.watermarks.Lead, state.documents.Lead]).toEqual([iso(START), 1]);
    expect(state.blocked).toMatchObject([{ ...records, missedBackfill: true, triedIn: iso(LATER) }]);
  });

  it('a stream that was refused only in passes is read by a backfill, which has missed nothing', async () => {
    const world = await filled();
    await world.store.noteStreams(world.fence, { blocked: [refusal(records)], at: iso(START + 5) });
    const fence = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(LATER) }), fence);
    await world.readToEnd(fence);
    expect(await world.store.sweep(fence, 'Lead', LATER, guard(100))).toMatchObject({ removed: 1 });
    await world.store.endBackfill(fence, { contactsMixed: false });
    const state = await wholeState(world.store);
    expect(state.watermarks.Lead).toBe(iso(LATER));
    expect(state.blocked).toMatchObject([{ ...records, since: iso(LATER), missedBackfill: false }]);
  });

  it('a backfill of one object reads only that object, and sweeps no other', async () => {
    const world = await filled();
    await world.write({ records: [record('Case', 1, { Subject: 'Old' })] });
    const fence = { ...world.fence, run: 2 };
    await world.beginOf(['Lead'], LATER, fence);
    expect((await world.store.state()).backfill).toMatchObject({ objects: ['Lead'], positions: {} });
    const sweep = (object: 'Lead' | 'Case') => world.store.sweep(fence, object, LATER, guard(100));
    await expect(sweep('Lead')).rejects.toThrow(BackfillUnreadError);
    const position = { cursor: null, done: true, recordsRead: 0 };
    await world.store.write(fence, { position: { object: 'Lead', position } });
    await expect(sweep('Case')).rejects.toThrow('the open one does not read Case');
    expect(await sweep('Lead')).toMatchObject({ removed: 1 });
    await world.store.endBackfill(fence, { contactsMixed: false });
    const { watermarks, backfill, documents } = await wholeState(world.store);
    expect([watermarks.Lead, watermarks.Case, backfill, documents.Case]).toEqual([iso(LATER), iso(START), null, 1]);
  });

  it('an answering stream says so until it is read or refused again, and an unused one is dropped', async () => {
    const world = await filled();
    const note = (notes: object) => world.store.noteStreams(world.fence, { at: iso(START + 9), ...notes });
    await note({ blocked: [refusal(records), refusal(accountShares)] });
    await note({ answering: [records], dropped: [accountShares] });
    expect((await world.store.state()).blocked).toMatchObject([{ ...records, answers: true }]);
    await note({ blocked: [refusal(records)] });
    expect((await world.store.state()).blocked).toMatchObject([{ ...records, answers: false }]);
  });

  it('remembers how much the org answers at once', async () => {
    const world = await filled();
    expect(await world.store.querySizes()).toBeNull();
    const known = { sizes: { 'records of Lead': { rows: 500, quick: 2, patience: 8 } }, parts: { Case: 2 } };
    await world.store.noteQuerySizes(world.fence, known);
    expect(await world.store.querySizes()).toEqual(known);
  });

  it('a record of a blocked object can still be found', async () => {
    const world = await filled();
    await world.store.noteStreams(world.fence, { blocked: [refusal(records)], at: iso(START + 5) });
    expect((await world.search(1, 'Ada')).hits.map(({ id }) => id)).toEqual([recordId('Lead', 1)]);
  });
}
