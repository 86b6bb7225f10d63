import { expect, it } from 'vitest';
import type { Sight } from '../../../src/index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../../../src/objects/index.ts';
import { iso, member, type NewIndex, record, recordId, START, Started } from './setup.ts';

const at = (seconds: number) => iso(START + seconds * 1_000);

/** What the integration user sees of Lead; of every other object it sees everything. */
function rights(lead: Sight): Record<ObjectName, Sight> {
  return Object.fromEntries(OBJECT_NAMES.map((name) => [name, name === 'Lead' ? lead : 'whole'])) as Record<
    ObjectName,
    Sight
  >;
}

/** What is hidden from the integration user is told, kept, and read again once it is seen. */
export function staleness(newIndex: NewIndex): void {
  /** Two leads, read by a backfill that has ended and was swept. */
  async function begin() {
    const world = await Started.begin(newIndex, member(1));
    const { writer, ticket } = world;
    await world.write({ records: [1, 2].map((n) => record('Lead', n, { Name: 'Ada' }, { version: START })) });
    const pass = (seconds: number, lead: Sight, shares: Partial<Record<ObjectName, 'shown' | 'hidden'>> = {}) =>
      writer.noteRights(ticket, rights(lead), at(seconds)).then(() => writer.endPass(ticket, at(seconds), shares));
    const sweep = (seconds: number, percent: number | null = 20) =>
      writer.sweep(ticket, 'Lead', START + seconds * 1_000, percent);
    const told = async () => {
      const { stale, seenAgain } = await writer.state();
      return { stale, seenAgain };
    };
    return { world, writer, ticket, pass, sweep, told };
  }

  const stale = { object: 'Lead', run: 1, since: at(20), wouldRemove: null, of: null, hidden: true, seenAgain: false };
  const NOTHING = { stale: [], seenAgain: [] };

  it('a right that is lost lists the object at once, since the end of the last pass that saw it whole', async () => {
    const { pass, told, writer, ticket } = await begin();
    await pass(10, 'whole');
    await pass(20, 'whole');
    expect(await told()).toEqual(NOTHING);
    await writer.noteRights(ticket, rights('partial'), at(30));
    expect(await told()).toEqual({ stale: [stale], seenAgain: [] });
    await pass(40, 'partial');
    await pass(50, 'unknown');
    expect(await told()).toEqual({ stale: [stale], seenAgain: [] });
  });

  it('where no pass has seen it, since the start of the backfill that did', async () => {
    const { pass, sweep, told, writer, ticket } = await begin();
    await writer.noteRights(ticket, rights('whole'), at(0));
    await sweep(0);
    await pass(30, 'partial');
    expect((await told()).stale).toEqual([{ ...stale, since: at(0) }]);
  });

  it('lists nothing where it was never seen whole, or where nobody can tell', async () => {
    const { pass, told } = await begin();
    await pass(10, 'partial');
    await pass(20, 'partial');
    expect(await told()).toEqual(NOTHING);
    await pass(30, 'whole');
    expect(await told()).toEqual({ stale: [], seenAgain: ['Lead'] });
    await pass(40, 'unknown');
    await pass(50, 'unknown');
    expect((await told()).stale).toEqual([]);
  });

  it('share rows that are gone with their records list it too, and are shown again by a count alone', async () => {
    const { pass, told } = await begin();
    await pass(20, 'whole', { Lead: 'shown' });
    await pass(30, 'unknown', { Lead: 'hidden' });
    expect(await told()).toEqual({ stale: [stale], seenAgain: [] });
    await pass(40, 'whole', {});
    expect(await told()).toEqual({ stale: [stale], seenAgain: [] });
    await pass(50, 'whole', { Lead: 'shown' });
    expect(await told()).toEqual({ stale: [{ ...stale, hidden: false, seenAgain: true }], seenAgain: ['Lead'] });
  });

  it('nothing of it is swept while it is hidden, nor by a backfill that began before it was seen again', async () => {
    const { world, pass, sweep, told } = await begin();
    await pass(20, 'whole');
    await pass(30, 'partial');
    const stopped = { wouldRemove: 2, of: 2 };
    expect(await sweep(35)).toEqual({ removed: 0, stopped });
    await pass(40, 'whole');
    expect(await sweep(35)).toEqual({ removed: 0, stopped });
    const again = { ...stale, ...stopped, hidden: false, seenAgain: true };
    expect(await told()).toEqual({ stale: [again], seenAgain: ['Lead'] });
    expect(await world.found(1)).toEqual([recordId('Lead', 1), recordId('Lead', 2)]);
    expect(await sweep(45)).toEqual({ removed: 2, stopped: null });
    expect(await told()).toEqual(NOTHING);
  });

  it('a person may have it swept while it is hidden; then it is listed no more, and read again once it is seen', async () => {
    const { pass, sweep, told } = await begin();
    await pass(20, 'whole');
    await pass(30, 'partial');
    expect(await sweep(35, 100)).toEqual({ removed: 2, stopped: null });
    await pass(40, 'partial');
    expect(await told()).toEqual(NOTHING);
    await pass(50, 'whole');
    expect((await told()).seenAgain).toEqual(['Lead']);
    await sweep(55);
    expect(await told()).toEqual(NOTHING);
  });

  it('a backfill that has read it since settles it, even where its sweep stops', async () => {
    const { pass, sweep, told } = await begin();
    await pass(20, 'whole');
    await pass(30, 'partial');
    await pass(40, 'whole');
    expect(await sweep(45, null)).toEqual({ removed: 0, stopped: { wouldRemove: 2, of: 2 } });
    const kept = { ...stale, wouldRemove: 2, of: 2, hidden: false };
    expect(await told()).toEqual({ stale: [kept], seenAgain: [] });
  });

  it('what only a sweep missed may be stale since the last sweep that went through', async () => {
    const { pass, sweep, told } = await begin();
    await pass(5, 'whole');
    await sweep(0);
    await pass(20, 'whole');
    await sweep(25, null);
    expect((await told()).stale).toMatchObject([{ since: at(0), wouldRemove: 2, of: 2, hidden: false }]);
  });
}
