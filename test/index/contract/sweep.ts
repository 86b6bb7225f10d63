import { expect, it } from 'vitest';
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

const BEFORE = START + 50_000;

/** A sweep removes what a complete backfill did not see, unless it is too much. */
export function sweep(newIndex: NewIndex): void {
  const begin = () => Started.begin(newIndex, member(1), member(3, [groupId(1)]));
  const leads = (from: number, count: number, version: number) =>
    Array.from({ length: count }, (_, n) => record('Lead', from + n, { Name: `Lead${from + n}` }, { version }));

  it('removes only what is older than the start, and only of that object', async () => {
    const world = await begin();
    await world.write({
      records: [
        ...leads(1, 2, BEFORE - 1),
        ...leads(3, 1, BEFORE),
        ...leads(4, 1, BEFORE + 1),
        record('Case', 1, { Subject: 'Old' }, { version: BEFORE - 1 }),
      ],
    });
    expect(await world.sweep('Lead', BEFORE, guard(20))).toEqual({ removed: 2, stopped: null });
    expect(await world.found(1)).toEqual([recordId('Lead', 3), recordId('Lead', 4), recordId('Case', 1)].sort());
    expect(await world.found(1, 'Lead1')).toEqual([]);
  });

  it.each<[string, number, (world: Started) => Promise<void>, string]>([
    ['no backfill is open', BEFORE, (world) => world.endBackfill(), `none that began at ${iso(BEFORE)} is open`],
    ['another backfill is open', BEFORE, (world) => world.readToEnd(), `none that began at ${iso(BEFORE)} is open`],
    ['it has read nothing', START, async () => {}, 'Account has not been read completely'],
    [
      'it has read everything except one end',
      START,
      async (world) => {
        await world.readToEnd();
        await world.begin(opening({ start: iso(START + 1) }));
        await world.begin(opening());
      },
      'Account has not been read completely',
    ],
  ])('removes nothing if %s, regardless of what the run says', async (_, before, given, message) => {
    const world = await begin();
    await world.write({ records: leads(1, 2, START - 1) });
    await given(world);
    const state = await wholeState(world.store);
    const sweeping = expect(world.store.sweep(world.fence, 'Lead', before, guard(100))).rejects;
    await sweeping.toThrow(BackfillUnreadError);
    await sweeping.toThrow(message);
    expect(await wholeState(world.store)).toEqual(state);
    expect(await world.found(1)).toHaveLength(2);
  });

  it('leaves a record that changed in the middle of the backfill', async () => {
    const world = await begin();
    await world.write({ records: leads(1, 1, START) });
    await world.write({ records: leads(1, 1, BEFORE + 7) });
    expect(await world.sweep('Lead', BEFORE, guard(0))).toEqual({ removed: 0, stopped: null });
  });

  it('a swept record does not come back through a page from before the start', async () => {
    const world = await begin();
    await world.write({ records: leads(1, 1, BEFORE - 2) });
    await world.sweep('Lead', BEFORE, guard(20));
    expect(await world.write({ records: leads(1, 1, BEFORE - 1) })).toMatchObject({ added: 0, outdated: 1 });
    expect(await world.write({ records: leads(1, 1, BEFORE) })).toMatchObject({ added: 1 });
  });

  it.each([
    ['51 of 100 at 20 %: stops', 51, 49, 20, { removed: 0, stopped: { wouldRemove: 51, of: 100 } }],
    ['50 of 50 at 20 %: few enough to remove without asking', 50, 0, 20, { removed: 50, stopped: null }],
    ['60 of 300 at 20 %: exactly the allowed share', 60, 240, 20, { removed: 60, stopped: null }],
    ['61 of 300 at 20 %: one more than allowed', 61, 239, 20, { removed: 0, stopped: { wouldRemove: 61, of: 300 } }],
    ['60 of 60 at 100 %: requested', 60, 0, 100, { removed: 60, stopped: null }],
  ])('the guard: %s', async (_, old, kept, percent, result) => {
    const world = await begin();
    await world.write({ records: [...leads(1, old, BEFORE - 1), ...leads(1_001, kept, BEFORE)] });
    expect(await world.sweep('Lead', BEFORE, guard(percent))).toEqual(result);
    expect((await world.store.counts()).Lead).toBe(old + kept - result.removed);
  });

  it('keeps all documents of an object that must not be swept, and access through its share rows', async () => {
    const world = await begin();
    await world.write({ records: leads(1, 2, START), shares: [shares('Lead', 1, [groupId(1)], START)] });
    const stopped = { wouldRemove: 2, of: 2 };
    expect(await world.sweep('Lead', BEFORE, guard(null))).toEqual({ removed: 0, stopped });
    expect(await world.found(3)).toEqual([recordId('Lead', 1)]);
    expect(await world.sweep('Case', BEFORE, guard(null))).toEqual({ removed: 0, stopped: null });
    expect((await world.store.health()).stale).toMatchObject([{ object: 'Lead', ...stopped }]);
  });

  it('lists what the guard protects since its first stopped run, until a sweep of the object succeeds', async () => {
    const world = await begin();
    const stale = async () => (await world.store.health()).stale;
    const since = new Date(BEFORE).toISOString();
    await world.write({ records: leads(1, 60, BEFORE - 1) });
    expect(await stale()).toEqual([]);
    await world.sweep('Lead', BEFORE, guard(20));
    const now = { hidden: false };
    const first = { object: 'Lead', run: world.fence.run, since, wouldRemove: 60, of: 60, ...now };
    expect(await stale()).toEqual([first]);

    await world.write({ records: leads(1_001, 1, BEFORE + 1) });
    const later = { ...world.fence, run: world.fence.run + 7 };
    await world.sweep('Lead', BEFORE + 1, guard(20), later);
    await world.sweep('Case', BEFORE + 1, guard(20), later);
    expect(await stale()).toEqual([{ ...first, of: 61 }]);

    await world.sweep('Lead', BEFORE + 1, guard(100), later);
    expect(await stale()).toEqual([]);
  });

  it('removes the share rows of what it sweeps, unless they were read in this backfill', async () => {
    const world = await begin();
    await world.write({
      records: leads(1, 2, START),
      shares: [shares('Lead', 1, [groupId(1)], START), shares('Lead', 2, [groupId(1)], BEFORE)],
    });
    await world.sweep('Lead', BEFORE, guard(20));
    await world.write({ records: leads(1, 2, BEFORE + 1) });
    expect(await world.found(3)).toEqual([recordId('Lead', 2)]);
  });

  it('removes older share rows of parents without a document, and the access that they gave', async () => {
    const world = await begin();
    const row = { grantee: groupId(1), cause: 'Rule', opens: ['Account', 'Contact', 'Case'] } as const;
    const child = (n: number) =>
      record('Case', n, { Subject: 'x' }, { accountId: recordId('Account', n), version: BEFORE });
    await world.write({ shares: [shares('Account', 1, [row], START), shares('Account', 2, [row], BEFORE)] });
    await world.write({ records: [child(1), child(2)] });
    expect(await world.found(3)).toEqual([recordId('Case', 1), recordId('Case', 2)]);
    await world.sweep('Account', BEFORE, guard(20));
    expect(await world.found(3)).toEqual([recordId('Case', 2)]);
  });

  it('keeps the share rows of a document that stays, regardless of their age', async () => {
    const world = await begin();
    await world.write({ records: leads(1, 1, BEFORE), shares: [shares('Lead', 1, [groupId(1)], START)] });
    await world.sweep('Lead', BEFORE, guard(20));
    await world.write({ records: leads(1, 1, BEFORE + 1) });
    expect(await world.found(3)).toEqual([recordId('Lead', 1)]);
  });

  it('the owner of a swept account no longer reads its contacts', async () => {
    const world = await begin();
    const child = record('Contact', 1, { Name: 'Ada' }, { accountId: recordId('Account', 1), version: BEFORE });
    await world.write({ records: [record('Account', 1, { Name: 'Acme' }, { version: START }), child] });
    expect(await world.found(1)).toHaveLength(2);
    await world.sweep('Account', BEFORE, guard(20));
    expect(await world.found(1)).toEqual([]);
  });
}
