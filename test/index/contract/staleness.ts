import { expect, it } from 'vitest';
import type { SweepGuard } from '../../../src/index/port/backfill.ts';
import { groupId, guard, iso, member, type NewIndex, record, recordId, START, Started, shares } from './setup.ts';

const at = (seconds: number) => iso(START + seconds * 1_000);

/** Records that are hidden from the integration user are reported, remain, and are read again once they are visible. */
export function staleness(newIndex: NewIndex): void {
  /** Two leads, read by a backfill that has ended and has swept. */
  async function begin() {
    const world = await Started.begin(newIndex, member(1));
    const { store, fence } = world;
    await world.write({ records: [1, 2].map((n) => record('Lead', n, { Name: 'Ada' }, { version: START })) });
    const look = (seconds: number, whole: boolean, rights = whole ? 'as before' : '', sets: string | null = 'sets') =>
      store.noteRights(fence, { Lead: { whole, traces: { rights, ...(sets === null ? {} : { sets }) } } }, at(seconds));
    const pass = async (
      seconds: number,
      whole: boolean,
      more: { rights?: string; sets?: string | null; shares?: 'shown' | 'hidden' } = {},
    ) => {
      await look(seconds, whole, more.rights, more.sets);
      await store.endPass(fence, at(seconds), more.shares === undefined ? {} : { Lead: more.shares });
    };
    const sweep = (seconds: number, percent: number | null = 20, evenIfHidden?: SweepGuard['evenIfHidden']) =>
      world.sweep('Lead', START + seconds * 1_000, guard(percent, evenIfHidden));
    const listed = async () => {
      const { stale, missed } = await store.health();
      return { stale, missed };
    };
    return { world, store, fence, look, pass, sweep, listed };
  }

  const stale = { object: 'Lead', run: 1, since: at(10), wouldRemove: null, of: null, hidden: true };
  const shown = { ...stale, hidden: false };
  const NOTHING = { stale: [], missed: [] };

  it('lists the object at once if a right is lost, as stale since the last pass that had the right', async () => {
    const { look, pass, listed } = await begin();
    await pass(5, true);
    await pass(10, true);
    await pass(20, true);
    expect(await listed()).toEqual(NOTHING);
    await look(30, false);
    expect(await listed()).toEqual({ stale: [stale], missed: [] });
    await pass(40, false);
    await pass(50, false);
    expect(await listed()).toEqual({ stale: [stale], missed: [] });
    await look(60, true);
    expect(await listed()).toEqual({ stale: [shown], missed: ['Lead'] });
  });

  it('lists it as stale since the start of the backfill that had the right, if no pass had it', async () => {
    const { look, pass, sweep, listed } = await begin();
    await look(0, true);
    await sweep(0);
    await pass(20, true);
    await pass(30, false);
    expect((await listed()).stale).toEqual([{ ...stale, since: at(0) }]);
  });

  it('lists nothing if the object was never visible as a whole', async () => {
    const { pass, listed } = await begin();
    await pass(10, false);
    await pass(20, false);
    expect(await listed()).toEqual(NOTHING);
    await pass(30, true);
    expect(await listed()).toEqual({ stale: [], missed: ['Lead'] });
  });

  it('rights that were modified between two checks may have been lost in between', async () => {
    const { pass, sweep, listed } = await begin();
    await pass(10, true);
    await pass(20, true, { rights: 'touched' });
    expect(await listed()).toEqual({ stale: [], missed: ['Lead'] });
    await pass(30, true, { rights: 'touched' });
    expect(await sweep(15)).toMatchObject({ removed: 0, stopped: { wouldRemove: 2 } });
    expect((await listed()).missed).toEqual(['Lead']);
    expect(await sweep(40)).toMatchObject({ removed: 2 });
    expect(await listed()).toEqual(NOTHING);
    await pass(50, true, { rights: 'touched' });
    expect(await listed()).toEqual(NOTHING);
  });

  it('modified permission sets count if they matter, before and after', async () => {
    const { pass, listed } = await begin();
    await pass(10, true);
    await pass(20, true, { sets: null });
    await pass(30, true, { sets: 'touched' });
    expect(await listed()).toEqual(NOTHING);
    await pass(40, true, { sets: 'again' });
    expect(await listed()).toEqual({ stale: [], missed: ['Lead'] });
  });

  it('an object that nobody checked stays as it was', async () => {
    const { store, fence, pass, listed } = await begin();
    await pass(10, true);
    await pass(20, true);
    await store.noteRights(fence, {}, at(30));
    expect(await listed()).toEqual(NOTHING);
    await pass(40, false);
    expect(await listed()).toEqual({ stale: [stale], missed: [] });
  });

  it('share rows that disappear with their records list the object too, and a count alone clears it', async () => {
    const { pass, listed } = await begin();
    await pass(10, true, { shares: 'shown' });
    await pass(20, true, { shares: 'hidden' });
    expect(await listed()).toEqual({ stale: [stale], missed: [] });
    await pass(40, true);
    expect(await listed()).toEqual({ stale: [stale], missed: [] });
    await pass(50, true, { shares: 'shown' });
    expect(await listed()).toEqual({ stale: [shown], missed: ['Lead'] });
  });

  it('sweeps nothing of a hidden object, not even in a backfill that began before it was visible again', async () => {
    const { world, pass, sweep, listed } = await begin();
    await pass(10, true);
    await pass(20, true);
    await pass(30, false);
    const stopped = { wouldRemove: 2, of: 2 };
    expect(await sweep(35)).toEqual({ removed: 0, stopped });
    await pass(40, true);
    expect(await sweep(35)).toEqual({ removed: 0, stopped });
    expect(await listed()).toEqual({ stale: [{ ...shown, ...stopped }], missed: ['Lead'] });
    expect(await world.found(1)).toEqual([recordId('Lead', 1), recordId('Lead', 2)]);
    expect(await sweep(45)).toEqual({ removed: 2, stopped: null });
    expect(await listed()).toEqual(NOTHING);
  });

  it('a person may have a hidden object swept: it is delisted, and read again once it is visible', async () => {
    const { pass, sweep, listed } = await begin();
    await pass(10, true);
    await pass(20, true);
    await pass(30, false);
    expect(await sweep(35, 100)).toEqual({ removed: 2, stopped: null });
    await pass(40, false);
    expect(await listed()).toEqual(NOTHING);
    await pass(50, true);
    expect((await listed()).missed).toEqual(['Lead']);
    await sweep(55);
    expect(await listed()).toEqual(NOTHING);
  });

  it('an object that is switched off leaves while hidden, and access through its share rows remains', async () => {
    const { world, store, pass, sweep, listed } = await begin();
    await pass(10, true);
    await pass(20, true);
    await world.write({ shares: [shares('Lead', 7, [groupId(1)], START)] });
    await pass(30, false);
    expect(await sweep(35, 100, 'documents')).toEqual({ removed: 2, stopped: null });
    expect(await store.sharedParents('Lead', { after: null, upTo: null })).toEqual([recordId('Lead', 7)]);
    expect((await listed()).stale).toMatchObject([{ object: 'Lead', hidden: true }]);
    expect(await store.hasUnseen('Lead', START + 36_000)).toBe(true);
    await pass(40, true);
    await sweep(45, 100, 'documents');
    expect(await store.sharedParents('Lead', { after: null, upTo: null })).toEqual([]);
    expect(await listed()).toEqual(NOTHING);
  });

  it('a backfill that has read the object since clears it, even if its sweep stops', async () => {
    const { pass, sweep, listed } = await begin();
    await pass(10, true);
    await pass(20, true);
    await pass(30, false);
    await pass(40, true);
    expect(await sweep(45, null)).toEqual({ removed: 0, stopped: { wouldRemove: 2, of: 2 } });
    expect(await listed()).toEqual({ stale: [{ ...shown, wouldRemove: 2, of: 2 }], missed: [] });
  });

  it('documents that only a sweep missed may be stale since the last sweep that succeeded', async () => {
    const { pass, sweep, listed } = await begin();
    await pass(5, true);
    await sweep(0);
    await pass(20, true);
    await sweep(25, null);
    expect((await listed()).stale).toMatchObject([{ since: at(0), wouldRemove: 2, of: 2, hidden: false }]);
  });

  it('says whether there is something to sweep', async () => {
    const { store } = await begin();
    expect(await store.hasUnseen('Lead', START)).toBe(false);
    expect(await store.hasUnseen('Lead', START + 1)).toBe(true);
    expect(await store.hasUnseen('Case', START + 1)).toBe(false);
  });
}
