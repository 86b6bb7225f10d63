import { expect, it } from 'vitest';
import type { SweepGuard } from '../../../src/index/port.ts';
import { groupId, guard, iso, member, type NewIndex, record, recordId, START, Started, shares } from './setup.ts';

const at = (seconds: number) => iso(START + seconds * 1_000);

/** What is hidden from the integration user is told, kept, and read again once it is seen. */
export function staleness(newIndex: NewIndex): void {
  /** Two leads, read by a backfill that has ended and was swept. */
  async function begin() {
    const world = await Started.begin(newIndex, member(1));
    const { writer, ticket } = world;
    await world.write({ records: [1, 2].map((n) => record('Lead', n, { Name: 'Ada' }, { version: START })) });
    const look = (seconds: number, whole: boolean, rights = whole ? 'as before' : '', sets: string | null = 'sets') =>
      writer.noteRights(
        ticket,
        { Lead: { whole, traces: { rights, ...(sets === null ? {} : { sets }) } } },
        at(seconds),
      );
    const pass = async (
      seconds: number,
      whole: boolean,
      more: { rights?: string; sets?: string | null; shares?: 'shown' | 'hidden' } = {},
    ) => {
      await look(seconds, whole, more.rights, more.sets);
      await writer.endPass(ticket, at(seconds), more.shares === undefined ? {} : { Lead: more.shares });
    };
    const sweep = (seconds: number, percent: number | null = 20, evenIfHidden?: SweepGuard['evenIfHidden']) =>
      world.sweep('Lead', START + seconds * 1_000, guard(percent, evenIfHidden));
    const told = async () => {
      const { stale, missed } = await writer.health();
      return { stale, missed };
    };
    return { world, writer, ticket, look, pass, sweep, told };
  }

  const stale = { object: 'Lead', run: 1, since: at(10), wouldRemove: null, of: null, hidden: true };
  const shown = { ...stale, hidden: false };
  const NOTHING = { stale: [], missed: [] };

  it('a right that is lost lists the object at once, since the last pass that had it before and after', async () => {
    const { look, pass, told } = await begin();
    await pass(5, true);
    await pass(10, true);
    await pass(20, true);
    expect(await told()).toEqual(NOTHING);
    await look(30, false);
    expect(await told()).toEqual({ stale: [stale], missed: [] });
    await pass(40, false);
    await pass(50, false);
    expect(await told()).toEqual({ stale: [stale], missed: [] });
    await look(60, true);
    expect(await told()).toEqual({ stale: [shown], missed: ['Lead'] });
  });

  it('where no pass saw it, since the start of the backfill that did', async () => {
    const { look, pass, sweep, told } = await begin();
    await look(0, true);
    await sweep(0);
    await pass(20, true);
    await pass(30, false);
    expect((await told()).stale).toEqual([{ ...stale, since: at(0) }]);
  });

  it('lists nothing where it was never seen whole', async () => {
    const { pass, told } = await begin();
    await pass(10, false);
    await pass(20, false);
    expect(await told()).toEqual(NOTHING);
    await pass(30, true);
    expect(await told()).toEqual({ stale: [], missed: ['Lead'] });
  });

  it('rights that were touched between two looks may have been lost in between', async () => {
    const { pass, sweep, told } = await begin();
    await pass(10, true);
    await pass(20, true, { rights: 'touched' });
    expect(await told()).toEqual({ stale: [], missed: ['Lead'] });
    await pass(30, true, { rights: 'touched' });
    expect(await sweep(15)).toMatchObject({ removed: 0, stopped: { wouldRemove: 2 } });
    expect((await told()).missed).toEqual(['Lead']);
    expect(await sweep(40)).toMatchObject({ removed: 2 });
    expect(await told()).toEqual(NOTHING);
    await pass(50, true, { rights: 'touched' });
    expect(await told()).toEqual(NOTHING);
  });

  it('permission sets that were touched count where they decide, before and after', async () => {
    const { pass, told } = await begin();
    await pass(10, true);
    await pass(20, true, { sets: null });
    await pass(30, true, { sets: 'touched' });
    expect(await told()).toEqual(NOTHING);
    await pass(40, true, { sets: 'again' });
    expect(await told()).toEqual({ stale: [], missed: ['Lead'] });
  });

  it('an object that nobody looked at stays as it was', async () => {
    const { writer, ticket, pass, told } = await begin();
    await pass(10, true);
    await pass(20, true);
    await writer.noteRights(ticket, {}, at(30));
    expect(await told()).toEqual(NOTHING);
    await pass(40, false);
    expect(await told()).toEqual({ stale: [stale], missed: [] });
  });

  it('share rows that are gone with their records list it too, and are shown again by a count alone', async () => {
    const { pass, told } = await begin();
    await pass(10, true, { shares: 'shown' });
    await pass(20, true, { shares: 'hidden' });
    expect(await told()).toEqual({ stale: [stale], missed: [] });
    await pass(40, true);
    expect(await told()).toEqual({ stale: [stale], missed: [] });
    await pass(50, true, { shares: 'shown' });
    expect(await told()).toEqual({ stale: [shown], missed: ['Lead'] });
  });

  it('nothing of it is swept while it is hidden, nor by a backfill that began before it was seen again', async () => {
    const { world, pass, sweep, told } = await begin();
    await pass(10, true);
    await pass(20, true);
    await pass(30, false);
    const stopped = { wouldRemove: 2, of: 2 };
    expect(await sweep(35)).toEqual({ removed: 0, stopped });
    await pass(40, true);
    expect(await sweep(35)).toEqual({ removed: 0, stopped });
    expect(await told()).toEqual({ stale: [{ ...shown, ...stopped }], missed: ['Lead'] });
    expect(await world.found(1)).toEqual([recordId('Lead', 1), recordId('Lead', 2)]);
    expect(await sweep(45)).toEqual({ removed: 2, stopped: null });
    expect(await told()).toEqual(NOTHING);
  });

  it('a person may have it swept while it is hidden; then it is listed no more, and read again once it is seen', async () => {
    const { pass, sweep, told } = await begin();
    await pass(10, true);
    await pass(20, true);
    await pass(30, false);
    expect(await sweep(35, 100)).toEqual({ removed: 2, stopped: null });
    await pass(40, false);
    expect(await told()).toEqual(NOTHING);
    await pass(50, true);
    expect((await told()).missed).toEqual(['Lead']);
    await sweep(55);
    expect(await told()).toEqual(NOTHING);
  });

  it('an object that is switched off leaves while it is hidden, and what its share rows open stays', async () => {
    const { world, writer, pass, sweep, told } = await begin();
    await pass(10, true);
    await pass(20, true);
    await world.write({ shares: [shares('Lead', 7, [groupId(1)], START)] });
    await pass(30, false);
    expect(await sweep(35, 100, 'documents')).toEqual({ removed: 2, stopped: null });
    expect(await writer.sharedParents('Lead', { after: null, upTo: null })).toEqual([recordId('Lead', 7)]);
    expect((await told()).stale).toMatchObject([{ object: 'Lead', hidden: true }]);
    expect(await writer.hasUnmet('Lead', START + 36_000)).toBe(true);
    await pass(40, true);
    await sweep(45, 100, 'documents');
    expect(await writer.sharedParents('Lead', { after: null, upTo: null })).toEqual([]);
    expect(await told()).toEqual(NOTHING);
  });

  it('a backfill that has read it since settles it, even where its sweep stops', async () => {
    const { pass, sweep, told } = await begin();
    await pass(10, true);
    await pass(20, true);
    await pass(30, false);
    await pass(40, true);
    expect(await sweep(45, null)).toEqual({ removed: 0, stopped: { wouldRemove: 2, of: 2 } });
    expect(await told()).toEqual({ stale: [{ ...shown, wouldRemove: 2, of: 2 }], missed: [] });
  });

  it('what only a sweep missed may be stale since the last sweep that went through', async () => {
    const { pass, sweep, told } = await begin();
    await pass(5, true);
    await sweep(0);
    await pass(20, true);
    await sweep(25, null);
    expect((await told()).stale).toMatchObject([{ since: at(0), wouldRemove: 2, of: 2, hidden: false }]);
  });

  it('says whether there is something to sweep', async () => {
    const { writer } = await begin();
    expect(await writer.hasUnmet('Lead', START)).toBe(false);
    expect(await writer.hasUnmet('Lead', START + 1)).toBe(true);
    expect(await writer.hasUnmet('Case', START + 1)).toBe(false);
  });
}
