import { expect, it } from 'vitest';
import { IndexReplacedError, SearchRefusedError, StaleRunError } from '../../../src/index/port/errors.ts';
import type { EngineFence, SearchEngine } from '../../../src/index/port/search-engine.ts';
import {
  Claimed,
  changeOf,
  documentOf,
  FENCE,
  given,
  member,
  membershipOf,
  type NewEngine,
  queryOf,
  recordId,
  SETTINGS,
  START,
} from './setup.ts';

const NEWER = { ...FENCE, run: 2 };
const OTHER = { storeId: 'store-2', run: 1 };
const lead = documentOf('Lead', 1, { Name: 'Ada' });

/** Every write, with a fence. */
const writes: readonly [what: string, write: (side: SearchEngine, fence: EngineFence) => Promise<unknown>][] = [
  ['wipe', (side, fence) => side.wipe(fence)],
  ['configure', (side, fence) => side.configure(fence, { ...SETTINGS, organizationId: null }, 0)],
  ['apply', (side, fence) => side.apply(fence, [changeOf(documentOf('Lead', 2, { Name: 'Bob' }), 100)])],
  ['publishMembership', (side, fence) => side.publishMembership(fence, membershipOf([]), 0)],
];

/** Which run may write, and what a new store finds. */
export function fences(newEngine: NewEngine): void {
  it('an engine without content says so, and answers no search', async () => {
    const side = await (await newEngine()).open();
    await expect(side.reading(START, async () => {})).rejects.toThrow(SearchRefusedError);
    for (let n = 0; n < 2; n++) {
      expect(await side.claim(FENCE, given(1_000))).toBe('none');
      for (const [what, write] of writes)
        if (what !== 'wipe') await expect(write(side, FENCE)).rejects.toThrow(IndexReplacedError);
    }
    await side.wipe(FENCE);
    expect(await side.claim(FENCE, given(1_000))).toBe('this');
    await side.configure(FENCE, SETTINGS, 0);
    expect(await side.claim(FENCE, given(1_000))).toBe('this');
    expect(await side.reading(START, async ({ hasMembership }) => hasMembership)).toBe(false);
  });

  it.each(writes)('%s: refused from an earlier run, and changes nothing', async (_, write) => {
    const world = await Claimed.begin(newEngine);
    await world.store(lead);
    expect(await world.side.claim(NEWER, given(1_000))).toBe('this');
    await expect(write(world.side, FENCE)).rejects.toThrow(StaleRunError);
    await expect(world.side.claim(FENCE, given(1_000))).rejects.toThrow(StaleRunError);
    await world.side.refresh();
    expect(await world.found()).toEqual([lead.id]);
    await write(world.side, NEWER);
  });

  it.each(writes)('%s: refused from a store that has not claimed the engine', async (_, write) => {
    const world = await Claimed.begin(newEngine);
    await world.store(lead);
    await expect(write(world.side, OTHER)).rejects.toThrow(IndexReplacedError);
    const unclaimed = await (await newEngine()).open();
    await expect(write(unclaimed, FENCE)).rejects.toThrow(IndexReplacedError);
    await world.side.refresh();
    expect(await world.found()).toEqual([lead.id]);
  });

  it("another store's content answers searches until it is wiped, and takes no other write", async () => {
    const world = await Claimed.begin(newEngine);
    await world.store(lead);
    await world.side.claim({ ...FENCE, run: 9 }, given(1_000));
    expect(await world.side.claim(OTHER, given(1_000))).toBe('other');
    for (const [what, write] of writes)
      if (what !== 'wipe') await expect(write(world.side, OTHER)).rejects.toThrow(IndexReplacedError);
    await expect(world.side.wipe(FENCE)).rejects.toThrow(IndexReplacedError);
    await world.side.refresh();
    expect(await world.found()).toEqual([lead.id]);
    await world.side.wipe(OTHER);
    expect(await world.side.claim(OTHER, given(1_000))).toBe('this');
  });

  it('a claim counts for every open side, and closing one keeps the content', async () => {
    const world = await Claimed.begin(newEngine);
    const other = await world.open();
    await world.store(lead);
    expect(await other.claim(NEWER, given(1_000))).toBe('this');
    await expect(world.side.apply(FENCE, [])).rejects.toThrow(StaleRunError);
    await world.side.close();
    expect(await other.reading(START, (view) => view.ids(queryOf('ada')))).toEqual([recordId('Lead', 1)]);
  });

  it('a membership never counts if a newer run overtakes it half-way', async () => {
    const world = await Claimed.begin(newEngine);
    const other = await world.open();
    const claims: Promise<unknown>[] = [];
    function* members() {
      yield member(2);
      claims.push(other.claim(NEWER, given(1_000)));
      // An engine outside this process takes several requests for these, and the claim overtakes them.
      for (let n = 0; n < 20_000; n++) yield member(3 + n);
    }
    const published = world.side.publishMembership(FENCE, membershipOf(members()), 0);
    await expect(published).rejects.toThrow(StaleRunError);
    await Promise.all(claims);
    expect(await world.read((view) => view.accessOf(member(2).userId))).toBeNull();
  });

  it('a wipe removes documents, sequences, settings and membership, and makes another key for cursors', async () => {
    const world = await Claimed.begin(newEngine);
    const keyOf = () => world.read(async ({ cursorKey }) => cursorKey);
    const key = await keyOf();
    expect([key.length, await keyOf()]).toEqual([32, key]);
    await world.side.apply(FENCE, [changeOf(lead, 100)]);
    await world.side.wipe(FENCE);
    expect(await world.found()).toEqual([]);
    expect(await world.read(async ({ settings }) => settings.organizationId)).toBeNull();
    await world.side.configure(FENCE, SETTINGS, 0);
    await world.side.refresh();
    expect(await world.found()).toEqual([]);
    expect(await world.read(async ({ hasMembership }) => hasMembership)).toBe(false);
    expect(await keyOf()).not.toEqual(key);
    await world.side.apply(FENCE, [changeOf(lead, 1)]);
    await world.side.refresh();
    expect(await world.found()).toEqual([lead.id]);
  });

  it('content with a higher sequence than the store ever gave is that of another store', async () => {
    const world = await Claimed.begin(newEngine);
    await world.side.apply(FENCE, [changeOf(lead, 100)]);
    expect(await world.side.claim(FENCE, given(100))).toBe('this');
    expect(await world.side.claim(FENCE, given(99))).toBe('other');
    await expect(world.side.apply(FENCE, [changeOf(lead, 99)])).rejects.toThrow(IndexReplacedError);
    await world.side.wipe(FENCE);
    expect(await world.side.claim(FENCE, given(99))).toBe('this');
  });

  it.each<[what: string, write: (side: SearchEngine) => Promise<void>]>([
    ['settings', (side) => side.configure(FENCE, SETTINGS, 100)],
    ['other settings', (side) => side.configure(FENCE, { ...SETTINGS, organizationId: null }, 100)],
    ['a membership', (side) => side.publishMembership(FENCE, membershipOf([]), 100)],
  ])('the sequence of %s counts like that of a document', async (_, write) => {
    const world = await Claimed.begin(newEngine);
    await write(world.side);
    expect(await world.side.apply(FENCE, [])).toBe(100);
    expect(await world.side.claim(FENCE, given(200, 100))).toBe('this');
    expect(await world.side.claim(FENCE, given(200, 101))).toBe('other');
    await world.side.wipe(FENCE);
    await write(world.side);
    expect(await world.side.claim(FENCE, given(99))).toBe('other');
  });

  it('content that lacks what a store has acknowledged is that of another store', async () => {
    const world = await Claimed.begin(newEngine);
    await world.side.apply(FENCE, [changeOf(lead, 100)]);
    expect(await world.side.claim(FENCE, given(200, 100))).toBe('this');
    expect(await world.side.claim(FENCE, given(200, 101))).toBe('other');
    await expect(world.side.apply(FENCE, [])).rejects.toThrow(IndexReplacedError);
  });

  it('a write returns the highest sequence that the engine has, so that a second writer is noticed', async () => {
    const world = await Claimed.begin(newEngine);
    expect(await world.side.apply(FENCE, [])).toBe(0);
    expect(await world.side.apply(FENCE, [changeOf(lead, 7)])).toBe(7);
    expect(await world.side.apply(FENCE, [changeOf(lead, 3)])).toBe(7);
    expect(await world.side.apply(FENCE, [])).toBe(7);
  });
}
